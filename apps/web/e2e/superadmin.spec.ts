/** The platform's side: a tenant is created and told what it still needs. */
import { expect, test } from "@playwright/test";
import { demo, signIn, signOut, tryToEnter, uniqueWord } from "./fixtures/stack";

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

test("a database is made on a server that the platform knows, and its first person is let in", async ({
  page,
}) => {
  const word = uniqueWord();
  await signIn(page, demo().superadmin);
  await page.getByRole("link", { name: "Servidores" }).click();
  await page.getByRole("button", { name: "Añadir servidor" }).first().click();
  const dialog = page.getByRole("dialog");
  const url = new URL(demo().control_db_url);
  url.pathname = "/postgres";
  await dialog.getByLabel("Nombre").fill(`Servidor ${word}`);
  await dialog.getByLabel("URL del administrador").fill("postgres://nadie:nada@127.0.0.1:9/postgres");
  await dialog.getByRole("button", { name: "Probar y añadir" }).click();
  await expect(dialog.getByRole("alert")).toContainText("El servidor no responde.");
  await dialog.getByLabel("URL del administrador").fill(url.toString());
  await dialog.getByRole("button", { name: "Probar y añadir" }).click();
  await page.getByRole("button", { name: `Probar Servidor ${word}` }).click();
  await expect(page.getByText(/Responde en \d+ ms con Postgres/)).toBeVisible();

  await page.getByRole("link", { name: "Empresas" }).click();
  await page.getByRole("button", { name: "Crear empresa" }).first().click();
  await dialog.getByLabel("Nombre").fill(`Empresa ${word}`);
  await dialog.getByRole("button", { name: "Crear empresa" }).click();
  await page.getByRole("link", { name: "Base de datos", exact: true }).click();
  const option = page.getByRole("option", { name: `Servidor ${word}` });
  await page.getByLabel("Servidor").selectOption((await option.getAttribute("value")) ?? "");
  await page.getByRole("button", { name: "Crear y conectar" }).click();
  await expect(page.getByText(/^centralita_[0-9a-f]+$/).first()).toBeVisible();
  await page.getByRole("link", { name: "Usuarios", exact: true }).click();
  await page.getByRole("button", { name: "Crear usuario" }).click();
  const login = { email: `${word}@prueba.example`, password: "una contraseña larga" };
  await dialog.getByLabel("Nombre").fill("Primera");
  await dialog.getByLabel("Correo electrónico").fill(login.email);
  await dialog.getByLabel("Contraseña").fill(login.password);
  await dialog.getByRole("button", { name: "Crear usuario" }).click();
  await expect(page.getByText(login.email)).toBeVisible();

  // Its databases stay when the platform forgets a server.
  await page.getByRole("link", { name: "Servidores" }).click();
  await page.getByRole("button", { name: `Más acciones para Servidor ${word}` }).click();
  await page.getByRole("menuitem", { name: "Quitar" }).click();
  await dialog.getByRole("button", { name: "Quitar" }).click();
  await expect(page.getByText(`Servidor ${word}`, { exact: true })).toBeHidden();
  await signOut(page);
  await tryToEnter(page, login);
  await expect(page).toHaveURL(/\/inbox/);
});

test("a SuperAdmin is invited, comes in, and is let out again", async ({ page, browser }) => {
  const email = `${uniqueWord()}@prueba.example`;
  await signIn(page, demo().superadmin);
  await page.getByRole("link", { name: "SuperAdmins" }).click();
  await page.getByRole("button", { name: "Invitar SuperAdmin" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill(`Invitada ${email}`);
  await dialog.getByLabel("Correo electrónico").fill(email);
  await dialog.getByRole("button", { name: "Invitar SuperAdmin" }).click();
  const shown = page.getByRole("dialog", { name: /^Enlace para/ });
  const copy = await shown.getByRole("button", { name: /^Copiar/ }).getAttribute("aria-label");
  await shown.getByRole("button", { name: "Listo" }).click();
  const link = new URL(copy?.replace(/^Copiar /, "") ?? "");

  const theirs = await (await browser.newContext()).newPage();
  await theirs.goto(`${demo().web_url}${link.pathname}${link.hash}`);
  await theirs.getByLabel("Contraseña nueva").fill("una contraseña larga");
  await theirs.getByLabel("Repetir la contraseña").fill("una contraseña larga");
  await theirs.getByRole("button", { name: "Guardar y entrar" }).click();
  await expect(theirs).toHaveURL(/\/superadmin/);

  await page.getByRole("button", { name: `Más acciones para Invitada ${email}` }).click();
  await page.getByRole("menuitem", { name: "Desactivar" }).click();
  await dialog.getByRole("button", { name: "Desactivar" }).click();
  const row = page.getByRole("listitem").filter({ hasText: `Invitada ${email}` });
  await expect(row.getByText("Desactivado")).toBeVisible();
  await theirs.reload();
  await expect(theirs.getByLabel("Correo electrónico")).toBeVisible();
  await theirs.context().close();
});
