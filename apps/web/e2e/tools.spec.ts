/** What an answer is made of besides words, on the running product: WhatsApp's side takes it, and the thread shows it. */
import { expect, type Page, test } from "@playwright/test";
import { demo, signIn, tenantAdmin, uniqueWord } from "./fixtures/stack";

const log = (page: Page) => page.getByRole("log", { name: "Mensajes" });

async function begin(page: Page): Promise<void> {
  const { slug, login, phoneNumberId } = tenantAdmin();
  const word = uniqueWord();
  const from = `591${Math.floor(60_000_000 + Math.random() * 19_999_999)}`;
  const inbound = await page.request.post(`${demo().simulator_url}/simulator/inbound`, {
    data: { phone_number_id: phoneNumberId, from, name: "Nora Vaca", text: word },
  });
  expect(inbound.ok()).toBe(true);
  await signIn(page, login, slug);
  await page.getByRole("list", { name: "Conversaciones" }).getByText(word).click();
  await expect(log(page).getByText(word)).toBeVisible();
}

/** How many of the answers WhatsApp has taken and delivered. */
async function delivered(page: Page, count: number): Promise<void> {
  const arrived = log(page).getByRole("img", { name: /Entregado|Leído/ });
  await expect(arrived).toHaveCount(count, { timeout: 20_000 });
}

test("a voice message is recorded, heard again and delivered", async ({ page, context }) => {
  await context.grantPermissions(["microphone"]);
  await begin(page);
  await page.getByRole("button", { name: "Grabar un mensaje de voz" }).click();
  const recording = page.getByRole("group", { name: "Grabando" });
  await expect(recording.locator("time")).toHaveText("0:02");
  await page.screenshot({ path: "test-results/look/voice-recording.png" });
  await recording.getByRole("button", { name: "Terminar y adjuntar" }).click();
  await expect(page.getByRole("button", { name: "Quitar voice.ogg" })).toBeVisible();
  await page.getByRole("button", { name: "Enviar", exact: true }).click();
  await expect(log(page).getByRole("button", { name: /Reproducir/ })).toBeVisible();
  await delivered(page, 1);
  await page.screenshot({ path: "test-results/look/voice-sent.png" });
});

test("two files, a place, a card and buttons all arrive", async ({ page }) => {
  await begin(page);
  const samples = ["photo.jpg", "invoice.pdf"].map((name) => `../simulator/samples/${name}`);
  await page.locator("input[type=file]").setInputFiles(samples);
  await expect(page.getByRole("button", { name: "Quitar invoice.pdf" })).toBeVisible();
  await page.getByRole("button", { name: "Enviar", exact: true }).click();
  await delivered(page, 2);

  const beside = async (what: string) => {
    await page.getByRole("button", { name: "Más herramientas" }).click();
    await page.getByRole("menuitem", { name: what }).click();
    return page.getByRole("dialog", { name: what });
  };
  const place = await beside("Ubicación");
  await place.getByLabel("Punto en el mapa").fill("-16.5, -68.15");
  await place.getByLabel("Nombre (opcional)").fill("Consultorio Sur");
  await place.getByRole("button", { name: "Enviar", exact: true }).click();
  await expect(log(page).getByText("Consultorio Sur")).toBeVisible();
  const card = await beside("Tarjeta de contacto");
  await card.getByLabel("Nombre").fill("Ana Rojas");
  await card.getByLabel("Teléfono").fill("+59170000001");
  await card.getByRole("button", { name: "Enviar", exact: true }).click();
  const offer = await beside("Botones o lista");
  await offer.getByLabel("Texto", { exact: true }).fill("¿Cuándo le queda mejor?");
  await offer.getByLabel("Opción 1", { exact: true }).fill("Por la mañana");
  await offer.getByRole("button", { name: "Enviar", exact: true }).click();
  await delivered(page, 5);
  await expect(log(page).getByText("Por la mañana")).toBeVisible();
  await page.screenshot({ path: "test-results/look/tools-sent.png" });
});
