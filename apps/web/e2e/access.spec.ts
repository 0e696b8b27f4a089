/** The real screens, with real data: clean for axe in both themes, and no wider than a phone. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { demo, signIn, tenantAdmin } from "./fixtures/stack";

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`)).toEqual([]);
}

for (const theme of ["light", "dark"] as const) {
  test(`login, inbox and platform are accessible (${theme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.goto(`${demo().web_url}/login`);
    await expect(page.getByRole("button", { name: "Entrar", exact: true })).toBeVisible();
    await expectAccessible(page);

    const { slug, login } = tenantAdmin();
    await signIn(page, login, slug);
    await page.getByRole("list", { name: "Conversaciones" }).getByRole("link").first().click();
    await expect(page.getByRole("log", { name: "Mensajes" })).toBeVisible();
    await expectAccessible(page);

    await page.getByRole("button", { name: "Perfil y preferencias" }).click();
    await page.getByRole("menuitem", { name: "Cerrar sesión" }).click();
    await expect(page.getByLabel("Correo electrónico")).toBeVisible();
    await signIn(page, demo().superadmin);
    await expect(page.getByRole("heading", { level: 1, name: "Empresas" })).toBeVisible();
    await expectAccessible(page);
  });
}

test("nothing is wider than a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { slug, login } = tenantAdmin();
  await signIn(page, login, slug);
  await expect(page.getByRole("list", { name: "Conversaciones" })).toBeVisible();
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.getByRole("list", { name: "Conversaciones" }).getByRole("link").first().click();
  await expect(page.getByRole("log", { name: "Mensajes" })).toBeVisible();
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.getByRole("link", { name: "Volver a la lista" }).click();
  await expect(page.getByRole("list", { name: "Conversaciones" })).toBeVisible();
});
