/** SuperAdmins and servers for databases, over fixtures: what is sent is what was meant. */
import { expect, test } from "@playwright/test";
import { isAccessible, onChange, refusal } from "./fixtures/asking";
import * as people from "./fixtures/people";
import { serveFixtures } from "./fixtures/server";

test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: "reduce" }));

test("a SuperAdmin is invited, and a second factor required of all with open eyes", async ({ page }) => {
  await serveFixtures(page, "platform");
  const invitation = { mail: "failed", invite_url: "/welcome#secreto", expires_at: "2027-01-01T00:00:00Z" };
  const made = await onChange(page, /superadmin\/users$/, { user: people.superadmins[2], invitation }, 201);
  const required = await onChange(page, /superadmin\/settings$/, {
    superadmin_totp_required: true,
    updated_at: "2026-11-30T00:00:00Z",
  });
  await page.goto("/superadmin/people");
  await page.getByRole("button", { name: "Invitar SuperAdmin" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill("Tomás Ugarte");
  await dialog.getByLabel("Correo electrónico").fill("tomas@centralita.example");
  await dialog.getByRole("button", { name: "Invitar SuperAdmin" }).click();
  await expect(page.getByRole("dialog", { name: "Enlace para Tomás Ugarte" })).toContainText(
    "El correo no salió",
  );
  await page.getByRole("button", { name: "Listo" }).click();
  expect(made[0]?.postDataJSON()).toEqual({ name: "Tomás Ugarte", email: "tomas@centralita.example" });

  await page.getByLabel("Pedir un segundo factor a cada SuperAdmin").click();
  await expect(dialog).toContainText("2 SuperAdmins solo podrán abrir su perfil");
  await expect(dialog).toContainText("Rocío Camacho, Tomás Ugarte");
  await isAccessible(page);
  await dialog.getByRole("button", { name: "Hacerlo obligatorio" }).click();
  await expect(dialog).toBeHidden();
  expect(required[0]?.postDataJSON()).toEqual({ superadmin_totp_required: true });
});

test("a server is added after a refusal in words, tested, changed and forgotten", async ({ page }) => {
  await serveFixtures(page, "platform");
  await onChange(page, /superadmin\/servers$/, refusal("/url", "db_not_allowed"), 422);
  await page.goto("/superadmin/servers");
  await page.getByRole("button", { name: "Añadir servidor" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill("Tercero");
  await dialog.getByLabel("URL del administrador").fill("postgres://u:c@h:5432/postgres");
  await dialog.getByRole("button", { name: "Probar y añadir" }).click();
  await expect(dialog.getByText("Ese usuario no puede crear bases ni roles.")).toBeVisible();
  await isAccessible(page);
  const added = await onChange(page, /superadmin\/servers$/, people.servers[1], 201);
  await dialog.getByRole("button", { name: "Probar y añadir" }).click();
  await expect(dialog).toBeHidden();
  expect(added[0]?.postDataJSON()).toEqual({
    name: "Tercero",
    url: "postgres://u:c@h:5432/postgres",
    is_default: false,
  });

  await onChange(page, /servers\/d1\/test$/, { server_version: "16.4", latency_ms: 12 });
  await page.getByRole("button", { name: "Probar Principal" }).click();
  await expect(page.getByText("Responde en 12 ms con Postgres 16.4")).toBeVisible();
  await onChange(page, /servers\/d2\/test$/, refusal("/url", "db_unreachable"), 422);
  await page.getByRole("button", { name: "Probar Clientes grandes" }).click();
  await expect(page.getByText("El servidor no responde.")).toBeVisible();
  await isAccessible(page);

  const changed = await onChange(page, /servers\/d2$/, people.servers[1]);
  await page.getByRole("button", { name: "Más acciones para Clientes grandes" }).click();
  await page.getByRole("menuitem", { name: "Editar" }).click();
  await expect(dialog.getByLabel("URL del administrador")).toHaveValue("");
  await dialog.getByLabel("Nombre").fill("Grandes");
  await dialog.getByRole("button", { name: "Guardar" }).click();
  await expect(dialog).toBeHidden();
  expect(changed[0]?.postDataJSON()).toEqual({ name: "Grandes" });
  await page.getByRole("button", { name: "Más acciones para Clientes grandes" }).click();
  await page.getByRole("menuitem", { name: "Quitar" }).click();
  await expect(dialog).toContainText("Las bases que están en él siguen ahí");
  await dialog.getByRole("button", { name: "Quitar" }).click();
  await expect(dialog).toBeHidden();
  expect(changed.at(-1)?.method()).toBe("DELETE");
});

test("without a server the way to one is shown", async ({ page }) => {
  await serveFixtures(page, "platform");
  await page.route(/superadmin\/servers\?/, (route) =>
    route.fulfill({ json: { items: [], next_cursor: null } }),
  );
  await page.goto("/superadmin/tenants/t2?tab=database");
  await expect(page.getByText("La plataforma no conoce ningún servidor.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Crear y conectar" })).toBeHidden();
  await page.getByRole("link", { name: "Añadir servidor" }).click();
  await expect(page.getByText("Todavía no hay servidores.")).toBeVisible();
  await isAccessible(page);
});

test("a database is made on a known server, with what went wrong in words", async ({ page }) => {
  await serveFixtures(page, "platform");
  const create = /tenants\/t2\/database\/create$/;
  await onChange(page, create, refusal("/url", "db_unreachable"), 422);
  await page.goto("/superadmin/tenants/t2?tab=database");
  await expect(page.getByLabel("Servidor")).toHaveValue("d1");
  await page.getByRole("button", { name: "Crear y conectar" }).click();
  await expect(page.getByRole("alert")).toContainText("El servidor no responde.");
  await expect(page.getByRole("alert")).toContainText("No quedó nada a medias");
  await isAccessible(page);
  const made = await onChange(page, create, { attached: true });
  await page.getByLabel("Servidor").selectOption("d2");
  await expect(page.getByRole("alert")).toBeHidden();
  await page.route(/tenants\/t2\/database$/, (route) =>
    route.fulfill({ json: { attached: true, host: "pg-grandes.interno", port: 6432 } }),
  );
  await page.getByRole("button", { name: "Crear y conectar" }).click();
  await expect(page.getByText("pg-grandes.interno:6432")).toBeVisible();
  await expect(page.getByRole("button", { name: "Crear y conectar" })).toBeHidden();
  expect(made[0]?.postDataJSON()).toEqual({ server_id: "d2" });
});

test("the platform helps somebody of a company back in", async ({ page }) => {
  await serveFixtures(page, "platform");
  const link = { mail: "not_configured", invite_url: "/welcome#secreto", expires_at: "2027-01-01T00:00:00Z" };
  await onChange(page, /tenants\/t1\/users\/u1\/link$/, link);
  const removed = await onChange(page, /tenants\/t1\/users\/u4\/totp$/, undefined, 204);
  await page.goto("/superadmin/tenants/t1?tab=users");
  await page.getByRole("button", { name: "Más acciones para Ana Quiroga" }).click();
  await page.getByRole("menuitem", { name: "Enviar enlace para otra contraseña" }).click();
  await expect(page.getByRole("dialog", { name: "Enlace para Ana Quiroga" })).toContainText("secreto");
  await page.getByRole("button", { name: "Listo" }).click();
  await page.getByRole("button", { name: "Más acciones para Diego Mendieta Villarroel" }).click();
  await page.getByRole("menuitem", { name: "Quitar su segundo factor" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Quitar su segundo factor" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  expect(removed).toHaveLength(1);
  await isAccessible(page);
});
