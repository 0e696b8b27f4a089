/** What an administrator sets up: hours, catalogue, quick replies, names; and the audit of it. Over fixtures. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, type Request, test } from "@playwright/test";
import { serveFixtures } from "./fixtures/server";
import { branches, quickReplies, settings } from "./fixtures/settings";

test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: "reduce" }));

async function isAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((violation) => violation.id)).toEqual([]);
}

/** Answers the changes of one address in its own way and remembers them; reading stays as it is. */
async function onChange(page: Page, path: RegExp, json: unknown, status = 200): Promise<Request[]> {
  const asked: Request[] = [];
  await page.route(path, (route) => {
    if (route.request().method() === "GET") return route.fallback();
    asked.push(route.request());
    return status === 204 ? route.fulfill({ status }) : route.fulfill({ status, json });
  });
  return asked;
}

const toast = (page: Page) => page.locator("[data-sonner-toast]");

for (const [name, width] of [
  ["a desk", 1440],
  ["a phone", 390],
] as const) {
  test(`hours are changed on ${name}, copied to all days, and only what differs is sent`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    await serveFixtures(page, "tenant");
    const asked = await onChange(page, /\/api\/settings$/, { ...settings, version: 8, bot_enabled: false });
    await page.goto("/settings/general");
    await page.getByLabel("Bot activado").uncheck();
    await page.getByLabel("domingo", { exact: false }).first().scrollIntoViewIfNeeded();
    await page.getByRole("button", { name: "domingo: añadir horario" }).click();
    await page.getByLabel("domingo, hasta (1)").fill("00:00");
    await page.getByRole("button", { name: "Copiar domingo a todos los días" }).click();
    await page.getByRole("button", { name: "Añadir feriado" }).click();
    await page.getByLabel("Fecha").last().fill("2027-01-01");
    await page.getByLabel("Nombre").last().fill("Año nuevo");
    await expect(page.getByText("Hay cambios sin guardar")).toBeVisible();
    await isAccessible(page);
    await page.getByRole("button", { name: "Guardar" }).click();
    await expect(toast(page)).toContainText("Cambios guardados");
    await expect(page.getByText("Hay cambios sin guardar")).toBeHidden();
    const day = [{ from: "09:00", to: "24:00" }];
    const sent = asked[0]?.postDataJSON();
    expect(Object.keys(sent).sort()).toEqual(["bot_enabled", "business_hours", "holidays", "version"]);
    expect([sent.version, sent.business_hours.mon, sent.business_hours.sun]).toEqual([7, day, day]);
    expect(sent.holidays[2]).toEqual({ date: "2027-01-01", name: "Año nuevo", open: [] });
  });
}

test("what somebody else changed meanwhile is told, and loaded on request", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await onChange(page, /\/api\/settings$/, { code: "settings_changed", status: 409, title: "x" }, 409);
  await page.goto("/settings/general");
  await page.getByLabel("Mensaje", { exact: true }).fill("Volvemos pronto");
  await page.getByRole("button", { name: "Guardar" }).click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("Otra persona cambió los ajustes");
  await isAccessible(page);
  await page.route(/\/api\/settings$/, (route) =>
    route.fulfill({ json: { ...settings, version: 8, away_message: "De otra persona" } }),
  );
  await alert.getByRole("button", { name: "Cargar los ajustes nuevos" }).click();
  await expect(page.getByLabel("Mensaje", { exact: true })).toHaveValue("De otra persona");
  await expect(alert).toBeHidden();
});

test("a wrong range is named where it stands", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const errors = [{ pointer: "/business_hours/sat/0/to", code: "end_before_beginning", message: "x" }];
  await onChange(page, /\/api\/settings$/, { code: "invalid_request", status: 422, errors }, 422);
  await page.goto("/settings/general");
  await page.getByLabel("sábado, hasta (1)").fill("08:00");
  await page.getByRole("button", { name: "Guardar" }).click();
  await expect(page.getByText("El final debe ser después del comienzo.")).toBeVisible();
  await expect(page.getByLabel("sábado, hasta (1)")).toHaveAttribute("aria-invalid", "true");
});

test("whoever leaves with unsaved changes is asked", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/settings/general");
  await page.getByLabel("Bot activado").uncheck();
  await page.getByRole("link", { name: "Etiquetas" }).click();
  const asked = page.getByRole("dialog", { name: "Hay cambios sin guardar" });
  await asked.getByRole("button", { name: "Cancelar" }).click();
  await expect(page).toHaveURL(/general/);
  await expect(page.getByLabel("Bot activado")).not.toBeChecked();
  await page.getByRole("link", { name: "Etiquetas" }).click();
  await asked.getByRole("button", { name: "Salir sin guardar" }).click();
  await expect(page).toHaveURL(/tags/);
});

test("whoever only reads settings changes none", async ({ page }) => {
  await serveFixtures(page, "marketing");
  await page.goto("/settings");
  await expect(page).toHaveURL(/general/);
  await expect(page.getByLabel("Bot activado")).toBeDisabled();
  await expect(page.getByRole("button", { name: "Añadir feriado" })).toBeHidden();
  await expect(page.getByRole("link", { name: "Auditoría" })).toBeHidden();
  await page.getByRole("link", { name: "Sucursales" }).click();
  await expect(page.getByText("Centro", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Crear sucursal" })).toBeHidden();
  await page.goto("/settings/audit");
  await expect(page.getByText(/no está disponible para este rol/)).toBeVisible();
});

for (const [name, width] of [
  ["a desk", 1440],
  ["a phone", 390],
] as const) {
  test(`a branch is added, moved and removed on ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await serveFixtures(page, "tenant");
    await page.goto("/settings/branches");
    const made = await onChange(page, /\/api\/branches$/, branches[0], 201);
    await page.getByRole("button", { name: "Crear sucursal" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: "Guardar" }).click();
    await expect(form.getByText("Este campo es necesario.")).toHaveCount(2);
    await form.getByLabel("Nombre").fill("Norte");
    await form.getByLabel("Código").fill("NOR");
    await form.getByLabel("Latitud").fill("-16,5");
    await form.getByLabel("Longitud").fill("-68.1");
    await isAccessible(page);
    await form.getByRole("button", { name: "Guardar" }).click();
    await expect(form).toBeHidden();
    expect(made[0]?.postDataJSON()).toMatchObject({ code: "NOR", lat: -16.5, lng: -68.1, phone: null });

    const moved = await onChange(page, /\/api\/branches\/b1$/, branches[0]);
    await page.getByRole("button", { name: "Más acciones para Centro" }).click();
    await page.getByRole("menuitem", { name: "Bajar" }).click();
    await expect.poll(() => moved[0]?.postDataJSON()).toEqual({ position: 2 });
    await page.getByRole("button", { name: "Más acciones para Centro" }).click();
    await page.getByRole("menuitem", { name: "Eliminar" }).click();
    const refused = { code: "branch_in_use", status: 409, title: "x" };
    await onChange(page, /\/api\/branches\/b1$/, refused, 409);
    await page.getByRole("dialog").getByRole("button", { name: "Eliminar" }).click();
    await expect(toast(page).filter({ hasText: "Hay servicios que se ofrecen" })).toBeVisible();
  });
}

test("a service's price is written in whole units and sent in the smallest", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const saved = await onChange(page, /\/api\/services\/s1$/, {});
  await page.goto("/settings/services");
  await expect(page.getByText(/Con flúor · .*250[.,]50.* · 45 min/)).toBeVisible();
  await page.getByRole("button", { name: "Más acciones para Limpieza dental" }).click();
  await page.getByRole("menuitem", { name: "Editar" }).click();
  const form = page.getByRole("dialog");
  await expect(form.getByLabel("Precio")).toHaveValue("250.50");
  await form.getByLabel("Precio").fill("mucho");
  await form.getByRole("button", { name: "Guardar" }).click();
  await expect(form.getByText("Escribir un precio como 150.50.")).toBeVisible();
  await form.getByLabel("Precio").fill("99,9");
  await form.getByLabel("Centro").check();
  await isAccessible(page);
  await form.getByRole("button", { name: "Guardar" }).click();
  await expect(form).toBeHidden();
  expect(saved[0]?.postDataJSON()).toMatchObject({
    price: { amount: 9990, currency: "BOB" },
    branch_ids: ["b1"],
    duration_min: 45,
  });
});

test("a quick reply's wrong variable is named while it is written", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const made = await onChange(page, /\/api\/quick-replies$/, quickReplies[0], 201);
  await page.goto("/settings/quick-replies");
  await page.getByRole("button", { name: "Crear respuesta rápida" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Atajo").fill("Hola");
  await form.getByLabel("Título").fill("Saludo");
  await form.getByLabel("Texto", { exact: true }).fill("Hola {{contact.nmae}}");
  await expect(form.getByRole("alert")).toHaveText("Carácter 6: no existe {{contact.nmae}}.");
  await expect(form.getByRole("button", { name: "Guardar" })).toBeDisabled();
  await form.getByLabel("Texto", { exact: true }).fill("Hola ");
  await form.getByRole("button", { name: "Nombre del contacto", exact: true }).click();
  await isAccessible(page);
  await form.getByRole("button", { name: "Guardar" }).click();
  await expect(form).toBeHidden();
  expect(made[0]?.postDataJSON()).toEqual({
    shortcut: "hola",
    title: "Saludo",
    body: "Hola {{contact.name}}",
    shared: true,
  });
});

test("the audit is filtered by its address, looked at and exported", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/settings/audit");
  await page.getByLabel("Qué").selectOption("settings.");
  await page.getByLabel("Desde el día").fill("2026-11-01");
  await page.getByLabel("Buscar en los valores").fill("bot");
  const asked = page.waitForRequest(/\/api\/audit\?.*q=bot/);
  await page.keyboard.press("Enter");
  expect((await asked).url()).toMatch(/action=settings\.&from=2026-11-01&q=bot/);
  await expect(page).toHaveURL(/q=bot/);
  await page.getByRole("button", { name: /cambió los ajustes/ }).click();
  const detail = page.getByRole("dialog");
  await expect(detail.getByRole("row", { name: "bot_enabled sí no" })).toBeVisible();
  await expect(detail.getByRole("row", { name: "away_message vacío Volvemos el lunes" })).toBeVisible();
  await isAccessible(page);
  await page.keyboard.press("Escape");
  await page.route(/export\.csv\?/, (route) =>
    route.fulfill({
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="audit_sur_2026-11-01_2026-11-30.csv"',
        "access-control-expose-headers": "content-disposition",
      },
      body: "time,actor\r\n",
    }),
  );
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Exportar CSV" }).click();
  expect((await download).suggestedFilename()).toBe("audit_sur_2026-11-01_2026-11-30.csv");
});

test("a tag is merged into another, and a line called otherwise", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const merged = await onChange(page, /\/merge$/, { id: "g2", name: "vip", color: null, conversations: 9 });
  await page.goto("/settings/tags");
  await page.getByRole("button", { name: "Fusionar «ortodoncia»" }).click();
  const form = page.getByRole("dialog");
  await expect(form.getByRole("button", { name: "Fusionar" })).toBeDisabled();
  await form.getByLabel("Fusionar con").selectOption({ index: 1 });
  await isAccessible(page);
  await form.getByRole("button", { name: "Fusionar" }).click();
  await expect(toast(page)).toContainText("«vip» está ahora en 9 conversaciones");
  expect(merged).toHaveLength(1);

  const renamed = await onChange(page, /\/api\/channels\/c2$/, {});
  await page.goto("/settings/lines");
  await page.getByRole("button", { name: "Cambiar el nombre de «Ventas»" }).click();
  await form.getByLabel("Nombre de la línea").fill(" Ventas 2 ");
  await page.keyboard.press("Enter");
  await expect(form).toBeHidden();
  expect(renamed[0]?.postDataJSON()).toEqual({ display_name: "Ventas 2" });
});

for (const [name, width] of [
  ["a desk", 1440],
  ["a phone", 390],
] as const) {
  test(`a slash puts a quick reply into the answer on ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await serveFixtures(page, "tenant");
    const used = await onChange(page, /\/q1\/use$/, { text: "Hola María, soy Ana de Dental Sur." });
    await page.goto("/inbox/v0");
    const box = page.getByLabel("Mensaje para el contacto");
    await box.pressSequentially("/");
    const search = page.getByRole("combobox");
    await expect(search).toBeFocused();
    await expect(page.getByRole("option")).toHaveCount(2);
    await isAccessible(page);
    await page.keyboard.press("Escape");
    await expect(box).toBeFocused();
    await page.getByRole("button", { name: "Respuestas rápidas" }).click();
    await search.press("Enter");
    await expect(box).toHaveValue("Hola María, soy Ana de Dental Sur.");
    await expect(box).toBeFocused();
    expect(used[0]?.postDataJSON()).toEqual({ conversation_id: "v0" });
  });
}
