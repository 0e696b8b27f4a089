/** Two of the team at once, and a line that breaks, on the running product. */
import { type Browser, expect, type Page, test } from "@playwright/test";
import { asAdmin, demo, newColleague, signIn, tenantAdmin, uniqueWord } from "./fixtures/stack";

const PHONE = { width: 390, height: 844 };

/** A customer whom no other test and no other run knows. */
function somebody(): string {
  return `591${Math.floor(60_000_000 + Math.random() * 19_999_999)}`;
}

async function writes(page: Page, from: string, text: string): Promise<void> {
  const inbound = await page.request.post(`${demo().simulator_url}/simulator/inbound`, {
    data: { phone_number_id: tenantAdmin().phoneNumberId, from, name: "Delia Rojas", text },
  });
  expect(inbound.ok()).toBe(true);
}

async function colleague(browser: Browser, page: Page): Promise<Page> {
  const login = await newColleague(page.request, "recepcion");
  const other = await (await browser.newContext({ locale: "es-BO", viewport: PHONE })).newPage();
  await signIn(other, login, tenantAdmin().slug);
  return other;
}

test("two at one conversation see each other, and who is writing", async ({ page, browser }) => {
  const { slug, login } = tenantAdmin();
  const word = uniqueWord();
  await signIn(page, login, slug);
  await writes(page, somebody(), `hola ${word}`);
  const row = (of: Page) => of.getByRole("list", { name: "Conversaciones" }).getByText(word);
  await row(page).click();
  const other = await colleague(browser, page);
  await row(other).click();
  await expect(page.getByText("Colega de prueba también está en esta conversación.")).toBeVisible();
  await other.getByRole("textbox", { name: "Mensaje para el contacto" }).fill("Buenas");
  await expect(page.getByText("Colega de prueba está escribiendo una respuesta.")).toBeVisible();
  await page.screenshot({ path: "test-results/look/together-desktop.png" });
  await page.getByRole("textbox", { name: "Mensaje para el contacto" }).fill("Ya respondo yo");
  await expect(other.getByText("está escribiendo una respuesta.", { exact: false })).toBeVisible();
  await other.screenshot({ path: "test-results/look/together-phone.png" });
  await other.getByRole("textbox", { name: "Mensaje para el contacto" }).fill("");
  await other.getByRole("link", { name: "Volver a la lista" }).click();
  await expect(page.getByText("Colega de prueba", { exact: false })).toBeHidden();
  await other.context().close();
});

for (const [size, viewport] of Object.entries({ desktop: { width: 1440, height: 900 }, phone: PHONE })) {
  test(`what was said while the line was broken is there afterwards (${size})`, async ({ page, context }) => {
    await page.setViewportSize(viewport);
    const { slug, login } = tenantAdmin();
    const [before, meanwhile] = [uniqueWord(), uniqueWord()];
    await signIn(page, login, slug);
    const from = somebody();
    await writes(page, from, before);
    await page.getByRole("list", { name: "Conversaciones" }).getByText(before).click();
    const log = page.getByRole("log", { name: "Mensajes" });
    await expect(log.getByText(before)).toBeVisible();
    await context.setOffline(true);
    const broken = page.getByText("Sin conexión en vivo", { exact: false }).filter({ visible: true });
    await expect(broken).toHaveCount(1);
    await writes(page, from, meanwhile);
    await context.setOffline(false);
    await expect(log.getByText(meanwhile)).toBeVisible();
    await expect(broken).toHaveCount(0);
  });
}

test("of two who take a conversation at once, the second is told and sees whose it is", async ({ page }) => {
  const { slug, login } = tenantAdmin();
  const word = uniqueWord();
  // The news of what the other does must not reach this desk before the click.
  await page.routeWebSocket(/\/api\/events/, () => undefined);
  await writes(page, somebody(), word);
  await signIn(page, login, slug);
  await page.getByRole("list", { name: "Conversaciones" }).getByText(word).click();
  const owner = (name: string) => page.getByRole("button", { name: `Responsable: ${name}` }).first();
  await owner("Sin asignar").click();
  const id = page.url().split("/").at(-1)?.split("?")[0] ?? "";
  const colleague = await newColleague(page.request, "recepcion");
  const admin = await asAdmin(page.request);
  await admin.send("PATCH", `/api/conversations/${id}`, { assignee_id: colleague.id });
  await page.getByRole("menuitem", { name: "Tomar la conversación" }).click();
  await expect(
    page.getByText("Otra persona acaba de cambiar el responsable", { exact: false }),
  ).toBeVisible();
  await expect(owner("Colega de prueba")).toBeVisible();
});
