/** The platform's side, drawn from fixtures: what is sent is what was meant. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, type Request, test } from "@playwright/test";
import { apps, odoo } from "./fixtures/platform";
import { serveFixtures } from "./fixtures/server";

/** Answers what matches, and keeps what was asked. */
async function answer(page: Page, url: RegExp, method: string, json: unknown, status = 200) {
  const asked: Request[] = [];
  await page.route(url, (route) => {
    if (route.request().method() !== method) return route.fallback();
    asked.push(route.request());
    return status === 204 ? route.fulfill({ status }) : route.fulfill({ status, json });
  });
  return asked;
}

async function isAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((violation) => `${violation.id}: ${violation.help}`)).toEqual([]);
}

test("tenants are searched, narrowed and read on past the first page", async ({ page }) => {
  await serveFixtures(page, "platform");
  await page.goto("/superadmin");
  await expect(page.getByText("1 línea en pausa")).toBeVisible();
  await expect(page.getByText("Sin línea activa")).toBeVisible();
  const asked = await answer(page, /\/api\/superadmin\/tenants\?/, "GET", { items: [], next_cursor: null });
  await page.getByLabel("Salud").selectOption("attention");
  await page.getByLabel("Orden").selectOption("name");
  await page.getByLabel("Nombre, identificador o phone number ID").fill("1065");
  await expect(page.getByText("Ninguna empresa coincide con la búsqueda.")).toBeVisible();
  await expect
    .poll(() => Object.fromEntries(new URL(asked.at(-1)?.url() ?? "").searchParams))
    .toEqual({ limit: "50", health: "attention", sort: "name", q: "1065" });
  await isAccessible(page);
});

test("the checklist says what is missing and leads there", async ({ page }) => {
  await serveFixtures(page, "platform");
  await page.goto("/superadmin/tenants/t1");
  await expect(page.getByText("Puesta en marcha: 6 de 11")).toBeVisible();
  await expect(page.getByText("Pedir al administrador que entre una vez.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Salud" })).toBeVisible();
  await expect(page.getByRole("link", { name: "3 avisos en espera" })).toBeVisible();
  await isAccessible(page);
  await page.getByRole("link", { name: "Completar: Token válido en cada línea" }).click();
  await expect(page).toHaveURL(/tab=lines/);
});

test("an app is added and its verify token shown once", async ({ page }) => {
  await serveFixtures(page, "platform");
  const made = { app: apps[0], verify_token: "token-que-se-muestra-una-vez" };
  const asked = await answer(page, /\/api\/superadmin\/apps$/, "POST", made, 201);
  await page.goto("/superadmin/apps");
  await page.getByRole("button", { name: "Añadir app" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill("App de Dental Sur");
  await dialog.getByLabel("Empresa").selectOption("t1");
  await dialog.getByLabel("App secret").fill("abc123");
  await isAccessible(page);
  await dialog.getByRole("button", { name: "Añadir app" }).click();
  await expect(page.getByText("token-que-se-muestra-una-vez")).toBeVisible();
  expect(asked[0]?.postDataJSON()).toEqual({
    name: "App de Dental Sur",
    meta_app_id: null,
    app_secret: "abc123",
    tenant_id: "t1",
  });
  await page.getByRole("button", { name: "Listo" }).click();
  await expect(page.getByText("token-que-se-muestra-una-vez")).toBeHidden();
});

test("an app that lines use is not removed, in words", async ({ page }) => {
  await serveFixtures(page, "platform");
  const problem = { code: "app_in_use", status: 409, title: "Lines use the app" };
  await answer(page, /\/api\/superadmin\/apps\/m1$/, "DELETE", problem, 409);
  await page.goto("/superadmin/apps");
  await page.getByRole("button", { name: /App de Dental Sur/ }).click();
  await page.getByRole("menuitem", { name: "Eliminar" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Eliminar" }).click();
  await expect(page.getByText("Hay líneas que usan esta app.")).toBeVisible();
});

test("a line is bound to an app", async ({ page }) => {
  await serveFixtures(page, "platform");
  const asked = await answer(page, /\/api\/superadmin\/channels\/c1$/, "PATCH", {});
  await page.goto("/superadmin/tenants/t1?tab=lines");
  await page.getByRole("button", { name: /Más.*Recepción Centro|Recepción Centro.*más/i }).click();
  await page.getByRole("menuitem", { name: "Editar" }).click();
  await page.getByLabel("App de Meta").selectOption("m1");
  await page.getByRole("button", { name: "Guardar" }).click();
  await expect.poll(() => asked[0]?.postDataJSON()?.app_id).toBe("m1");
});

test("an Odoo is saved without its password, and tested in words", async ({ page }) => {
  await serveFixtures(page, "platform");
  const saved = await answer(page, /\/tenants\/t1\/odoo$/, "PUT", odoo);
  const refused = { ok: false, version: null, error: "refused", detail: "x" };
  await answer(page, /\/tenants\/t1\/odoo\/test$/, "POST", refused);
  await page.goto("/superadmin/tenants/t1?tab=odoo");
  await expect(page.getByText("Funciona: Odoo 18.0-20250702.")).toBeVisible();
  await page.getByLabel("Usuario").fill("otro@dentalsur.example");
  await page.getByRole("button", { name: "Guardar" }).click();
  await expect.poll(() => saved.length).toBe(1);
  expect(saved[0]?.postDataJSON()).toEqual({
    base_url: "https://erp.dentalsur.example",
    db_name: "dentalsur",
    username: "otro@dentalsur.example",
  });
  await page.getByRole("button", { name: "Probar" }).click();
  await expect(page.getByText("Odoo no acepta ese usuario")).toBeVisible();
  await isAccessible(page);
});

test("a logo is uploaded, and one that is too large is not sent", async ({ page }) => {
  await serveFixtures(page, "platform");
  const asked = await answer(page, /\/branding\/logo$/, "PUT", { logo_url: "/api/logos/x" });
  await page.goto("/superadmin/tenants/t1?tab=branding");
  const file = (bytes: number) => ({
    name: "logo.png",
    mimeType: "image/png",
    buffer: Buffer.alloc(bytes, 1),
  });
  await page.getByLabel("Elegir una imagen").setInputFiles(file(600 * 1024));
  await expect(page.getByText("La imagen pasa de 512 KiB.")).toBeVisible();
  await page.getByLabel("Elegir una imagen").setInputFiles(file(100));
  await expect.poll(() => asked.length).toBe(1);
  expect(asked[0]?.postDataBuffer()?.length).toBe(100);
});

test("the audit is narrowed and taken along", async ({ page }) => {
  await serveFixtures(page, "platform");
  const asked = await answer(page, /\/api\/superadmin\/audit\?/, "GET", { items: [], next_cursor: null });
  await page.route(/\/audit\/export\.csv/, (route) =>
    route.fulfill({ contentType: "text/csv", body: "time,actor\r\n" }),
  );
  await page.goto("/superadmin/tenants/t1?tab=audit");
  await page.getByLabel("Acción").fill("channel");
  await page.getByLabel("Desde").fill("2026-11-01");
  await expect(page.getByText("Nada coincide con los filtros.")).toBeVisible();
  await expect
    .poll(() => Object.fromEntries(new URL(asked.at(-1)?.url() ?? "").searchParams))
    .toEqual({ limit: "50", tenant_id: "t1", action: "channel", from: "2026-11-01T04:00:00.000Z" });
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Exportar CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/^audit_.*\.csv$/);
  await isAccessible(page);
});
