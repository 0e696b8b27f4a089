/** People of a company, for real: invited, forgetful, with a second factor, with a role of the company's own. */
import { expect, type Page, test } from "@playwright/test";
import { Secret, TOTP } from "otpauth";
import {
  asAdmin,
  demo,
  newColleague,
  signIn,
  signOut,
  tenantAdmin,
  tryToEnter,
  uniqueWord,
} from "./fixtures/stack";

const PASSWORD = "una contraseña larga";
const main = (page: Page) => page.getByRole("navigation", { name: "Principal" });

test("a colleague is invited, opens the link, chooses a password and comes back with it", async ({
  page,
  browser,
}) => {
  const { slug, login } = tenantAdmin();
  const email = `${uniqueWord()}@prueba.example`;
  await signIn(page, login, slug);
  await page.goto(`${demo().web_url}/settings/users`);
  await page.getByRole("button", { name: "Crear usuario" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill("Eva Invitada");
  await dialog.getByLabel("Correo electrónico").fill(email);
  await dialog.getByLabel("Rol").selectOption("recepcion");
  await dialog.getByRole("button", { name: "Crear usuario" }).click();
  const shown = page.getByRole("dialog", { name: "Enlace para Eva Invitada" });
  const copy = await shown.getByRole("button", { name: /^Copiar/ }).getAttribute("aria-label");
  const link = new URL(copy?.replace(/^Copiar /, "") ?? "");

  const theirs = await (await browser.newContext()).newPage();
  await theirs.goto(`${demo().web_url}${link.pathname}${link.hash}`);
  await expect(theirs.getByText(email)).toBeVisible();
  expect(new URL(theirs.url()).hash).toBe("");
  await theirs.getByLabel("Contraseña nueva").fill(PASSWORD);
  await theirs.getByLabel("Repetir la contraseña").fill(PASSWORD);
  await theirs.getByRole("button", { name: "Guardar y entrar" }).click();
  await expect(theirs).toHaveURL(/\/inbox/);
  await signOut(theirs);
  await tryToEnter(theirs, { email, password: PASSWORD });
  await expect(main(theirs)).toBeVisible();

  // The link was good for once.
  await theirs.goto(`${demo().web_url}${link.pathname}${link.hash}`);
  await expect(theirs.getByText("El enlace ya no sirve.")).toBeVisible();
  await theirs.context().close();
  await page.reload();
  const row = page.getByRole("listitem").filter({ hasText: email });
  await expect(row).toBeVisible();
  await expect(row.getByText("Invitado", { exact: true })).toBeHidden();
});

test("whoever forgot the password is answered as anybody is", async ({ page, request }) => {
  const { email } = await newColleague(request, "doctor");
  for (const asked of [email, `${uniqueWord()}@nadie.example`]) {
    await page.goto(`${demo().web_url}/login`);
    await page.getByRole("button", { name: "Olvidé mi contraseña" }).click();
    await page.getByLabel("Correo electrónico").fill(asked);
    await page.getByRole("button", { name: "Enviar enlace" }).click();
    await expect(page.getByRole("status")).toContainText("Si existe una cuenta con ese correo");
  }
});

test("a second factor is set up, asked for, stood in for by a recovery code, and turned off", async ({
  page,
  request,
}) => {
  const login = await newColleague(request, "recepcion");
  await signIn(page, login);
  await page.getByRole("button", { name: "Perfil y preferencias" }).click();
  await page.getByRole("menuitem", { name: "Mi perfil" }).click();
  await page.getByRole("button", { name: "Configurar el segundo factor" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Contraseña actual").fill(login.password);
  await dialog.getByRole("button", { name: "Continuar" }).click();
  await expect(dialog.getByRole("img", { name: /Código QR/ })).toBeVisible();
  const copy = await dialog.getByRole("button", { name: /^Copiar/ }).getAttribute("aria-label");
  const totp = new TOTP({ secret: Secret.fromBase32(copy?.replace(/^Copiar /, "") ?? "") });
  await dialog.getByLabel("Código que muestra la aplicación").fill(totp.generate());
  await dialog.getByRole("button", { name: "Activar" }).click();
  await expect(dialog.getByRole("listitem").first()).toBeVisible();
  const codes = await dialog.getByRole("listitem").allTextContents();
  expect(codes.length).toBeGreaterThan(2);
  await dialog.getByLabel("Los códigos están guardados").check();
  await dialog.getByRole("button", { name: "Listo" }).click();
  await expect(page.getByText(/^Activado desde/)).toBeVisible();

  const code = page.getByLabel("Código de autenticación");
  const enter = page.getByRole("button", { name: "Entrar", exact: true });
  await signOut(page);
  await tryToEnter(page, login);
  // Each code is taken once: the next one of the authenticator is valid already.
  await code.fill(totp.generate({ timestamp: Date.now() + 30_000 }));
  await enter.click();
  await expect(main(page)).toBeVisible();

  await signOut(page);
  await tryToEnter(page, login);
  await code.fill("000000");
  await enter.click();
  await expect(page.getByRole("alert")).toContainText("El código no es correcto");
  await code.fill(codes[0] ?? "");
  await enter.click();
  await expect(main(page)).toBeVisible();

  await page.goto(`${demo().web_url}/profile`);
  await expect(page.getByText(`Quedan ${codes.length - 1} códigos`)).toBeVisible();
  await page.getByRole("button", { name: "Desactivar el segundo factor" }).click();
  await dialog.getByLabel("Contraseña actual").fill(login.password);
  await dialog.getByLabel("Código de autenticación").fill(codes[1] ?? "");
  await dialog.getByRole("button", { name: "Desactivar" }).click();
  await expect(page.getByRole("button", { name: "Configurar el segundo factor" })).toBeVisible();
  await signOut(page);
  await tryToEnter(page, login);
  await expect(main(page)).toBeVisible();
});

test("another password ends the sessions elsewhere, and this one is listed as it is", async ({
  page,
  browser,
  request,
}) => {
  const login = await newColleague(request, "recepcion");
  const elsewhere = await (await browser.newContext()).newPage();
  await signIn(elsewhere, login);
  await signIn(page, login);
  await page.goto(`${demo().web_url}/profile`);
  const sessions = page.getByRole("listitem").filter({ hasText: "último uso" });
  await expect(sessions).toHaveCount(2);
  await expect(sessions.first()).toContainText("Esta sesión");
  await page.getByLabel("Contraseña actual").fill(login.password);
  await page.getByLabel("Contraseña nueva").fill("otra contraseña larga");
  await page.getByLabel("Repetir la contraseña").fill("otra contraseña larga");
  await page.getByRole("button", { name: "Cambiar contraseña" }).click();
  await expect(sessions).toHaveCount(1);
  await elsewhere.reload();
  await expect(elsewhere.getByLabel("Correo electrónico")).toBeVisible();
  await elsewhere.context().close();
});

/** Somebody writes to the company for the first time. Answers the conversation's id. */
async function write(request: Parameters<typeof asAdmin>[0], from: string, name: string): Promise<string> {
  const admin = await asAdmin(request);
  const data = { phone_number_id: tenantAdmin().phoneNumberId, from, name, text: "Hola" };
  const sent = await request.post(`${demo().simulator_url}/simulator/inbound`, { data });
  expect(sent.ok()).toBe(true);
  let id = "";
  await expect
    .poll(async () => {
      const found = await admin.get(`/api/conversations?q=${name}`);
      id = found.items[0]?.id ?? "";
      return id;
    })
    .not.toBe("");
  return id;
}

test("a role of the company's own limits what its people see, and goes when nobody has it", async ({
  page,
  browser,
  request,
}) => {
  const { slug, login } = tenantAdmin();
  const word = uniqueWord();
  const number = () => `5917${Math.floor(1_000_000 + Math.random() * 8_999_999)}`;
  const taken = await write(request, number(), `Ocupada${word}`);
  await write(request, number(), `Libre${word}`);
  const admin = await asAdmin(request);
  const { user } = await admin.get("/api/me");
  await admin.send("PATCH", `/api/conversations/${taken}`, { assignee_id: user.id });

  await signIn(page, login, slug);
  await page.goto(`${demo().web_url}/settings/roles`);
  await page.getByRole("button", { name: "Crear rol" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill(`Pasante ${word}`);
  await dialog.getByLabel("Propias y sin asignar").check();
  await dialog.getByRole("button", { name: "Crear rol" }).click();
  await expect(page.getByRole("columnheader").filter({ hasText: `Pasante ${word}` })).toBeVisible();

  const colleague = await newColleague(request, "recepcion");
  await page.goto(`${demo().web_url}/settings/users`);
  const row = page.getByRole("listitem").filter({ hasText: colleague.email });
  await row.getByRole("combobox").selectOption({ label: `Pasante ${word}` });
  await expect(row.getByRole("combobox")).toHaveValue(`pasante-${word}`);

  const theirs = await (await browser.newContext()).newPage();
  await signIn(theirs, colleague);
  const list = theirs.getByRole("list", { name: "Conversaciones" });
  await expect(list.getByText(`Libre${word}`)).toBeVisible();
  await expect(list.getByText(`Ocupada${word}`)).toBeHidden();
  await list.getByText(`Libre${word}`).click();
  await expect(theirs.getByRole("log", { name: "Mensajes" })).toBeVisible();
  await expect(theirs.getByLabel("Mensaje para el contacto")).toBeHidden();
  await theirs.goto(`${demo().web_url}/inbox/${taken}`);
  await expect(theirs.getByText("No se encontró.", { exact: false })).toBeVisible();
  await theirs.goto(`${demo().web_url}/settings/roles`);
  await expect(theirs.getByText(/no está disponible para este rol/)).toBeVisible();
  await theirs.getByRole("button", { name: "Perfil y preferencias" }).click();
  await expect(theirs.getByText(`Pasante ${word}`)).toBeVisible();
  await theirs.context().close();

  const remove = async () => {
    await page.goto(`${demo().web_url}/settings/roles`);
    await page.getByRole("button", { name: `Más acciones para Pasante ${word}` }).click();
    await page.getByRole("menuitem", { name: "Eliminar" }).click();
  };
  await remove();
  await expect(dialog).toContainText("1 persona tiene este rol");
  await admin.send("PATCH", `/api/users/${colleague.id}`, { role: "doctor", is_active: false });
  await remove();
  await dialog.getByRole("button", { name: "Eliminar" }).click();
  await expect(page.getByRole("columnheader").filter({ hasText: `Pasante ${word}` })).toBeHidden();
});
