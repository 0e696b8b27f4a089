/** The customer's card on the real thing: what one agent writes down, the other sees. */
import { expect, test } from "@playwright/test";
import { demo, signIn, tenantAdmin, uniqueWord } from "./fixtures/stack";

test("a customer is named and blocked, WhatsApp turns him away, and he is let in again", async ({
  page,
  request,
}) => {
  const { slug, phoneNumberId, login } = tenantAdmin();
  const unique = uniqueWord();
  const from = `591${Math.floor(60_000_000 + Math.random() * 19_999_999)}`;
  const writes = async (text: string) => {
    const answer = await request.post(`${demo().simulator_url}/simulator/inbound`, {
      data: { phone_number_id: phoneNumberId, from, name: "Inés Rojas", text },
    });
    return (await answer.json()) as { blocked?: boolean };
  };
  await page.setViewportSize({ width: 1440, height: 900 });
  await signIn(page, login, slug);
  await writes(`Hola ${unique}`);
  const list = page.getByRole("list", { name: "Conversaciones" });
  await list.getByRole("link").filter({ hasText: unique }).click();
  const panel = page.getByRole("complementary", { name: "Detalles" });
  await expect(panel).toBeVisible();

  await panel.getByRole("button", { name: "Cambiar el nombre" }).click();
  await panel.getByRole("textbox", { name: "Nombre" }).fill(`Doña ${unique}`);
  await page.keyboard.press("Enter");
  await expect(list.getByRole("link").filter({ hasText: `Doña ${unique}` })).toBeVisible();

  await panel.getByRole("button", { name: "Bloquear", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Bloquear" }).click();
  await expect(panel.getByText(/^WhatsApp le impide escribir en/)).toBeVisible();
  await expect(page.getByText("El contacto está bloqueado: nadie puede escribirle.")).toBeVisible();
  expect((await writes("¿Por qué?")).blocked).toBe(true);

  await panel.getByRole("button", { name: "Desbloquear" }).click();
  await expect(page.getByLabel("Mensaje para el contacto")).toBeVisible();
  expect((await writes(`Gracias ${unique}`)).blocked).toBeUndefined();
  await expect(page.getByRole("article").filter({ hasText: `Gracias ${unique}` })).toBeVisible();
});
