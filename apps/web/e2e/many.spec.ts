/** Searching what was said and changing many conversations, on the running product. */
import { expect, test } from "@playwright/test";
import { demo, signIn, tenantAdmin } from "./fixtures/stack";

test("what customers said is found without accents, and several of them are closed at once", async ({
  page,
  request,
}) => {
  const { slug, phoneNumberId, login } = tenantAdmin();
  await signIn(page, login, slug);
  const unique = `${Date.now()}`;
  for (const [from, name] of [
    ["59170000011", "Íñigo Peñaranda"],
    ["59170000012", "Rosa Mamani"],
  ]) {
    const inbound = await request.post(`${demo().simulator_url}/simulator/inbound`, {
      data: { phone_number_id: phoneNumberId, from, name, text: `¿Atención mañana? n${unique}` },
    });
    expect(inbound.ok()).toBe(true);
  }
  const list = page.getByRole("list", { name: "Conversaciones" });
  const fresh = list.getByRole("listitem").filter({ hasText: unique });
  await expect(fresh).toHaveCount(2);

  const search = page.getByRole("searchbox", { name: "Buscar nombres, teléfonos y mensajes" });
  await search.fill(`atencion manana n${unique}`);
  const results = page.getByRole("region", { name: "Resultados" });
  await expect(results.getByRole("link")).toHaveCount(2);
  await expect(results.locator("mark").first()).toHaveText("Atención");
  await results.getByRole("link").filter({ hasText: "Rosa Mamani" }).click();
  await expect(page.getByRole("log").getByText(unique)).toBeInViewport();
  await search.fill("penaran");
  await expect(results.getByRole("link").filter({ hasText: "Íñigo Peñaranda" })).toBeVisible();

  await search.fill("");
  await expect(fresh.getByRole("checkbox")).toHaveCount(2);
  for (const box of await fresh.getByRole("checkbox").all()) await box.check({ force: true });
  await page.getByRole("button", { name: "Cerrar las elegidas" }).click();
  await expect(page.getByText("2 conversaciones cambiaron")).toBeVisible();
  await expect(fresh).toHaveCount(0);
});
