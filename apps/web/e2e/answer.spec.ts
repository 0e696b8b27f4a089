/** The reason the product exists: somebody writes, somebody answers, the answer is read. */
import { expect, test } from "@playwright/test";
import { demo, signIn, tenantAdmin } from "./fixtures/stack";

test("a message arrives without a reload, is answered, and the answer is read", async ({ page, request }) => {
  const { slug, phoneNumberId, login } = tenantAdmin();
  await signIn(page, login, slug);
  await expect(page).toHaveURL(/\/inbox/);
  await expect(page.getByRole("tab", { name: /Todas/ })).toHaveAttribute("aria-selected", "true");

  const unique = `${Date.now()}`;
  const text = `¿Tienen turno? ${unique}`;
  const inbound = await request.post(`${demo().simulator_url}/simulator/inbound`, {
    data: { phone_number_id: phoneNumberId, from: "59170000001", name: "Rosa Mamani", text },
  });
  expect(inbound.ok()).toBe(true);

  const row = page
    .getByRole("list", { name: "Conversaciones" })
    .getByRole("link")
    .filter({ hasText: unique });
  await expect(row).toBeVisible();
  await row.click();
  const thread = page.getByRole("log", { name: "Mensajes" });
  await expect(thread.getByText(text)).toBeVisible();

  const answer = `Sí, mañana a las 10. ${unique}`;
  await page.getByLabel("Mensaje para el contacto").fill(answer);
  await page.getByLabel("Mensaje para el contacto").press("Enter");
  const bubble = thread.getByRole("article").filter({ hasText: answer });
  await expect(bubble).toHaveCount(1);
  await expect(bubble.getByRole("img", { name: "Leído" })).toBeVisible({ timeout: 30_000 });

  await page.reload();
  await expect(page.getByRole("log").getByText(answer)).toBeVisible();
});

test("an answer that was lost, a reload and a double click leave one message each", async ({
  page,
  request,
}) => {
  const { slug, phoneNumberId, login } = tenantAdmin();
  await signIn(page, login, slug);
  const unique = `${Date.now()}`;
  const inbound = await request.post(`${demo().simulator_url}/simulator/inbound`, {
    data: { phone_number_id: phoneNumberId, from: "59170000002", name: "Luis Vaca", text: `Hola ${unique}` },
  });
  expect(inbound.ok()).toBe(true);
  await page
    .getByRole("list", { name: "Conversaciones" })
    .getByRole("link")
    .filter({ hasText: unique })
    .click();
  const thread = page.getByRole("log", { name: "Mensajes" });
  const bubble = (text: string) => thread.getByRole("article").filter({ hasText: text });

  // The server has it, the browser never hears so.
  let lost = 0;
  await page.route(/\/messages$/, async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.fallback();
    lost += 1;
    await route.fetch();
    return route.abort("connectionreset");
  });
  const answer = `Perdida ${unique}`;
  await page.getByLabel("Mensaje para el contacto").fill(answer);
  await page.getByLabel("Mensaje para el contacto").press("Enter");
  await expect.poll(() => lost).toBe(1);
  await page.reload();
  await expect(bubble(answer).getByRole("img", { name: /Entregado|Leído/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Sin conexión: se enviará al volver")).toBeHidden();
  await expect(bubble(answer)).toHaveCount(1);

  const twice = `Doble ${unique}`;
  await page.getByLabel("Mensaje para el contacto").fill(twice);
  await page.getByRole("button", { name: "Enviar", exact: true }).dblclick();
  await expect(bubble(twice).getByRole("img", { name: /Entregado|Leído/ })).toBeVisible({ timeout: 30_000 });
  await page.reload();
  await expect(bubble(twice)).toHaveCount(1);
  await expect(bubble(answer)).toHaveCount(1);
});

test("a picture is brought, sent and shown", async ({ page }) => {
  const { slug, login } = tenantAdmin();
  await signIn(page, login, slug);
  await page
    .getByRole("list", { name: "Conversaciones" })
    .getByRole("link")
    .filter({ hasText: "Vaca" })
    .first()
    .click();
  await page.locator("input[type=file]").setInputFiles("../simulator/samples/photo.jpg");
  await expect(page.getByRole("button", { name: "Quitar photo.jpg" })).toBeVisible();
  const caption = `Foto ${Date.now()}`;
  await page.getByLabel("Mensaje para el contacto").fill(caption);
  await page.getByLabel("Mensaje para el contacto").press("Enter");
  const bubble = page.getByRole("log").getByRole("article").filter({ hasText: caption });
  await expect(bubble.getByRole("img", { name: /Entregado|Leído/ })).toBeVisible({ timeout: 30_000 });
  await expect(bubble).toHaveCount(1);
  await bubble.getByRole("button", { name: `Ampliar: ${caption}` }).click();
  await expect(page.getByRole("dialog").getByRole("img")).toHaveJSProperty("complete", true);
});

test("a note stays inside and a draft survives a reload", async ({ page }) => {
  const { slug, login } = tenantAdmin();
  await signIn(page, login, slug);
  await page.getByRole("list", { name: "Conversaciones" }).getByRole("link").first().click();
  const note = `Nota ${Date.now()}`;
  await page.getByRole("tab", { name: "Nota", exact: true }).click();
  await page.getByRole("textbox", { name: "Nota interna" }).fill(note);
  await page.getByRole("button", { name: "Guardar nota" }).click();
  const bubble = page.getByRole("log").getByRole("article").filter({ hasText: note });
  await expect(bubble).toBeVisible();
  await expect(bubble.getByText(/Nota interna/)).toBeVisible();

  await page.getByRole("tab", { name: "Nota", exact: true }).click();
  await page.getByRole("textbox", { name: "Nota interna" }).fill("a medias");
  await page.reload();
  await page.getByRole("tab", { name: "Nota", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Nota interna" })).toHaveValue("a medias");
});
