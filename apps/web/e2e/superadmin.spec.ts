/** The platform's side: a tenant is created and told what it still needs. */
import { expect, test } from "@playwright/test";
import { demo, signIn } from "./fixtures/stack";

test("creates a tenant and refuses a database that cannot be reached, in words", async ({ page }) => {
  await signIn(page, demo().superadmin);
  await expect(page).toHaveURL(/\/superadmin/);
  const name = `Óptica Ñandú ${Date.now()}`;
  await page.getByRole("button", { name: "Crear empresa" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill(name);
  await expect(dialog.getByLabel("Identificador")).toHaveValue(/^optica-nandu-\d+$/);
  await dialog.getByRole("button", { name: "Crear empresa" }).click();

  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText("Puesta en marcha: 0 de 11")).toBeVisible();

  await page.getByRole("link", { name: "Base de datos", exact: true }).click();
  await page.getByLabel("URL de conexión").fill("mysql://usuario:clave@servidor/base");
  await page.getByRole("button", { name: "Probar" }).click();
  await expect(page.getByText("La URL debe empezar con postgres://")).toBeVisible();
});

test("a person of a tenant has no way in", async ({ page }) => {
  const [tenant] = demo().tenants;
  const login = tenant?.users[0];
  if (!tenant || !login) throw new Error("The first tenant needs a user");
  await signIn(page, login, tenant.slug);
  await page.goto(`${demo().web_url}/superadmin`);
  await expect(page).not.toHaveURL(/\/superadmin/);
});
