/** The team and its roles, over fixtures: what is sent is what was meant. */
import { expect, type Page, test } from "@playwright/test";
import type { components } from "../src/api/schema.gen";
import { isAccessible, onChange, toast } from "./fixtures/asking";
import { me, tenant } from "./fixtures/data";
import { check, SIZES, THEMES } from "./fixtures/looking";
import * as people from "./fixtures/people";
import { serveFixtures } from "./fixtures/server";

type S = components["schemas"];

test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: "reduce" }));

for (const theme of THEMES) {
  for (const size of SIZES) {
    const named = (name: string) => `${name}-${size.name}-${theme}`;

    test(`a role is written, ${size.name} ${theme}`, async ({ page }) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await serveFixtures(page, "tenant");
      await page.goto("/settings/roles");
      await page.getByRole("button", { name: "Crear rol" }).click();
      await expect(page.getByRole("dialog").getByLabel("Nombre")).toBeVisible();
      await check(page, named("role-form"));
    });
  }
}

test("a role is made: its key follows its name, and what must be seen comes along", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const made = await onChange(page, /\/api\/roles$/, people.roles[5], 201);
  await page.goto("/settings/roles");
  await page.getByRole("button", { name: "Crear rol" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Nombre").fill("Guardia de Fin de Semana");
  await expect(form.getByLabel("Clave")).toHaveValue("guardia-de-fin-de-semana");
  await form.getByLabel("Propias y sin asignar").check();
  await form.getByLabel("Cambiar plantillas").check();
  await expect(form.getByLabel("Ver plantillas")).toBeChecked();
  await expect(form.getByLabel("Ver plantillas")).toBeDisabled();
  await expect(form.getByText("Viene con «Cambiar plantillas».")).toBeVisible();
  await form.getByRole("button", { name: "Crear rol" }).click();
  await expect(form).toBeHidden();
  const sent = made[0]?.postDataJSON();
  expect({ ...sent, permissions: sent.permissions.sort() }).toEqual({
    key: "guardia-de-fin-de-semana",
    name: "Guardia de Fin de Semana",
    permissions: ["chat.read", "templates.read", "templates.write"],
    conversations: "own",
  });
});

test("a role is duplicated, changed, put back and removed, each in its own words", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/settings/roles");
  const dialog = page.getByRole("dialog");
  const menuOf = (name: string) => page.getByRole("button", { name: `Más acciones para ${name}` });

  await menuOf("Administración").click();
  await expect(page.getByText("Lo puede todo y no cambia.")).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Editar" })).toBeDisabled();
  await page.getByRole("menuitem", { name: "Duplicar" }).click();
  await expect(dialog.getByLabel("Nombre")).toHaveValue("Administración (copia)");
  await page.keyboard.press("Escape");

  const patched = await onChange(page, /\/api\/roles\/turno-noche$/, people.roles[5]);
  await menuOf("Turno noche").click();
  await page.getByRole("menuitem", { name: "Editar" }).click();
  await expect(dialog.getByText("1 persona tiene este rol")).toBeVisible();
  await dialog.getByLabel("Nombre").fill("Turno de noche");
  await isAccessible(page);
  await dialog.getByRole("button", { name: "Guardar" }).click();
  await expect(dialog).toBeHidden();
  expect(patched[0]?.postDataJSON()).toMatchObject({ name: "Turno de noche", conversations: "own" });

  const reset = await onChange(page, /\/api\/roles\/caja\/reset$/, people.roles[1]);
  await menuOf("Caja").click();
  await page.getByRole("menuitem", { name: "Volver al original" }).click();
  await dialog.getByRole("button", { name: "Volver al original" }).click();
  await expect(toast(page).filter({ hasText: "«Caja» volvió" })).toBeVisible();
  expect(reset).toHaveLength(1);

  // Somebody has it: there is nothing to confirm.
  await menuOf("Turno noche").click();
  await page.getByRole("menuitem", { name: "Eliminar" }).click();
  await expect(dialog.getByText("Darle otro rol en Usuarios")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Eliminar" })).toBeHidden();
  await dialog.getByRole("button", { name: "Entendido" }).click();

  const removed = await onChange(page, /\/api\/roles\/practicante$/, undefined, 204);
  await menuOf("Practicante").click();
  await page.getByRole("menuitem", { name: "Eliminar" }).click();
  await dialog.getByRole("button", { name: "Eliminar" }).click();
  await expect(toast(page).filter({ hasText: "«Practicante» eliminado" })).toBeVisible();
  expect(removed).toHaveLength(1);
});

/** The desk of somebody else. */
async function as(page: Page, user: Partial<S["SessionUser"]>): Promise<void> {
  await serveFixtures(page, "tenant");
  const json = { access_token: "t", expires_in: 900, tenant, user: { ...me, id: "u9", ...user } };
  await page.route(/\/api\/auth\/refresh$/, (route) => route.fulfill({ json }));
}

const LEAD: Partial<S["SessionUser"]> = {
  role: "jefatura",
  role_name: "Jefatura",
  permissions: ["chat.read", "chat.write", "users.read", "users.write"],
  conversations: "own",
};

test("nobody grants what his own role lacks, and is told why", async ({ page }) => {
  await as(page, LEAD);
  await page.goto("/settings/roles");
  await page.getByRole("button", { name: "Más acciones para Marketing" }).click();
  await page.getByRole("menuitem", { name: "Duplicar" }).click();
  const form = page.getByRole("dialog");
  await expect(form.getByLabel("Ver campañas")).toBeDisabled();
  await expect(form.getByLabel("Ver campañas")).not.toBeChecked();
  await expect(form.getByText("Su propio rol no lo incluye").first()).toBeVisible();
  await expect(form.getByLabel("Todas")).toBeDisabled();
  await page.keyboard.press("Escape");

  await page.goto("/settings/users");
  // An administrator has more: the role is shown and cannot be touched.
  await expect(page.getByText("Ana Quiroga")).toBeVisible();
  await expect(page.getByLabel("Rol de Ana Quiroga")).toBeHidden();
  await expect(page.getByRole("button", { name: "Más acciones para Ana Quiroga" })).toBeHidden();
  await expect(page.getByLabel("Rol de Diego Mendieta Villarroel")).toHaveValue("turno-noche");
  await expect(page.getByRole("option", { name: /Marketing \(por encima/ }).first()).toBeDisabled();
});

test("whoever only reads the team changes no role", async ({ page }) => {
  await as(page, { role: "caja", permissions: ["users.read"] });
  await page.goto("/settings/roles");
  await expect(page.getByText("Cambiarlos requiere el permiso")).toBeVisible();
  await expect(page.getByRole("table")).toBeVisible();
  await expect(page.getByRole("button", { name: "Crear rol" })).toBeHidden();
  await expect(page.getByRole("button", { name: /Más acciones/ })).toHaveCount(0);
  await isAccessible(page);
});

test("whoever does not see the team sees no roles", async ({ page }) => {
  await as(page, { role: "doctor", permissions: ["chat.read"] });
  await page.goto("/settings/roles");
  await expect(page.getByText(/no está disponible para este rol/)).toBeVisible();
  await expect(page.getByRole("link", { name: "Roles" })).toBeHidden();
});

test("on a phone the matrix is one role at a time", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await serveFixtures(page, "tenant");
  await page.goto("/settings/roles");
  await page.getByLabel("Rol", { exact: true }).selectOption("turno-noche");
  await expect(page.getByText("Propias y sin asignar").filter({ visible: true })).toHaveCount(1);
  await expect(page.getByRole("table")).toBeHidden();
  const answers = page.getByRole("listitem").filter({ hasText: "Atender conversaciones" });
  await expect(answers).toContainText("Sí");
});

test("a list that does not come says so and comes on the second try", async ({ page }) => {
  await serveFixtures(page, "tenant");
  let fails = true;
  await page.route(/\/api\/roles\?/, (route) =>
    fails ? route.fulfill({ status: 403, json: { code: "forbidden", status: 403 } }) : route.fallback(),
  );
  await page.goto("/settings/roles");
  await expect(page.getByRole("alert")).toContainText("Este rol no permite esa acción.");
  fails = false;
  await page.getByRole("button", { name: "Reintentar" }).click();
  await expect(page.getByRole("table")).toBeVisible();
});

test("a colleague is invited with a role of the company's own, and the link is shown once", async ({
  page,
}) => {
  await serveFixtures(page, "tenant");
  const invitation = {
    mail: "not_configured",
    invite_url: "/welcome#secreto",
    expires_at: "2027-01-01T00:00:00Z",
  };
  const eva = {
    id: "u7",
    name: "Eva",
    email: "eva@x.bo",
    role: "turno-noche",
    status: "invited",
    is_active: true,
    second_factor: false,
    last_login_at: null,
    created_at: "2026-11-30T00:00:00Z",
  };
  const made = await onChange(page, /\/api\/users$/, { ...eva, invitation }, 201);
  await page.goto("/settings/users");
  await page.getByRole("button", { name: "Crear usuario" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill("Eva");
  await dialog.getByLabel("Correo electrónico").fill("eva@x.bo");
  await dialog.getByLabel("Rol").selectOption({ label: "Turno noche" });
  await isAccessible(page);
  await dialog.getByRole("button", { name: "Crear usuario" }).click();
  await expect(page.getByRole("dialog", { name: "Enlace para Eva" })).toContainText("/welcome#secreto");
  expect(made[0]?.postDataJSON()).toEqual({ name: "Eva", email: "eva@x.bo", role: "turno-noche" });
});

test("what is done about a colleague's access is asked first, and done", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const menuOf = (name: string) => page.getByRole("button", { name: `Más acciones para ${name}` });
  const dialog = page.getByRole("dialog");
  await page.goto("/settings/users");
  const steps = [
    { path: /u4\/sessions\/revoke$/, item: "Cerrar sus sesiones", body: null },
    { path: /u4\/totp$/, item: "Quitar su segundo factor", body: null },
    { path: /\/users\/u4$/, item: "Desactivar", body: { is_active: false } },
  ];
  for (const { path, item, body } of steps) {
    const asked = await onChange(page, path, {}, body ? 200 : 204);
    await menuOf("Diego Mendieta Villarroel").click();
    await page.getByRole("menuitem", { name: item }).click();
    await isAccessible(page);
    await dialog.getByRole("button", { name: item }).click();
    await expect(dialog).toBeHidden();
    expect(asked).toHaveLength(1);
    if (body) expect(asked[0]?.postDataJSON()).toEqual(body);
  }
  // Nobody who is deactivated gets a link.
  await menuOf("Carla Núñez").click();
  await expect(page.getByRole("menuitem", { name: /Enviar/ })).toBeDisabled();
  await expect(page.getByRole("menuitem", { name: "Activar" })).toBeVisible();
  await page.keyboard.press("Escape");
  const sent = await onChange(page, /u5\/invite$/, {
    mail: "sent",
    invite_url: null,
    expires_at: "2027-01-01T00:00:00Z",
  });
  await menuOf("Eva Rocha").click();
  await page.getByRole("menuitem", { name: "Enviar la invitación otra vez" }).click();
  await expect(toast(page).filter({ hasText: "El enlace se envió a eva@dentalsur.bo." })).toBeVisible();
  expect(sent).toHaveLength(1);
});
