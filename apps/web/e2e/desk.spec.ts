/** The desk under the hands: keys, menus and the event line, over fixtures. */
import { expect, type Page, test } from "@playwright/test";
import { check } from "./fixtures/looking";
import { serveFixtures } from "./fixtures/server";

const shot = (page: Page, name: string) => page.screenshot({ path: `test-results/look/desk-${name}.png` });

test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: "reduce" }));

test("is driven by keys alone", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox");
  await expect(page.getByText("María José Ferrufino")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/inbox\/v0/);
  await expect(page.getByText("¿Le sirve a las 10?")).toBeVisible();
  await page.keyboard.press("n");
  await expect(page.getByRole("textbox", { name: "Nota interna" })).toBeFocused();
  await page.keyboard.type("Llamar por la tarde");
  await shot(page, "note");
  await page.keyboard.press("Escape");
  await page.keyboard.press("t");
  await expect(page.getByLabel("Buscar o crear etiqueta")).toBeFocused();
  await page.keyboard.type("nueva");
  await shot(page, "tags");
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Buscar o crear etiqueta")).toBeHidden();
  await page.keyboard.press("a");
  await expect(page.getByRole("menuitem", { name: /Bruno Salazar/ })).toBeVisible();
  await shot(page, "assign");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByPlaceholder("Buscar personas, acciones, páginas…")).toBeFocused();
  await expect(page.getByRole("option").first()).toBeVisible();
  await shot(page, "palette");
  await page.keyboard.press("Escape");
  await expect(page.getByPlaceholder("Buscar personas, acciones, páginas…")).toBeHidden();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Atajos de teclado" })).toBeVisible();
  await shot(page, "keys");
});

test("shows a new message at once, and only counts it for who reads further up", async ({ page }) => {
  const desk = await serveFixtures(page, "tenant");
  await page.goto("/inbox/v0");
  const log = page.getByRole("log", { name: "Mensajes" });
  await expect(log.getByText("¿Tienen turno mañana a las 10?")).toBeInViewport();
  desk.arrive("¿Siguen ahí?");
  await expect(log.getByText("¿Siguen ahí?")).toBeInViewport({ timeout: 1_000 });
  await log.evaluate((element) => element.scrollTo({ top: 0 }));
  await expect(page.getByRole("button", { name: "Ir al final" })).toBeVisible();
  desk.arrive("Hola de nuevo");
  await expect(page.getByRole("button", { name: "1 mensaje nuevo" })).toBeVisible();
  await expect(log.getByText("Hola de nuevo")).not.toBeInViewport();
  await page.getByRole("button", { name: "1 mensaje nuevo" }).click();
  await expect(log.getByText("Hola de nuevo")).toBeInViewport();
});

test("keeps a reply that could not leave, and says so", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox/v0");
  await page.route(/\/messages$/, (route) =>
    route.request().method() === "POST" ? route.abort("internetdisconnected") : route.fallback(),
  );
  await page.getByLabel("Mensaje para el contacto").fill("Enseguida");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Sin conexión: se enviará al volver")).toBeInViewport();
  await expect(page.getByRole("log").getByText("Enseguida")).toBeVisible();
  await shot(page, "waiting");
});

test("filters live in the address", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox");
  await page.getByRole("button", { name: "Filtros" }).click();
  await page.getByRole("checkbox", { name: "Abiertas" }).uncheck();
  await page.getByLabel("Línea", { exact: true }).selectOption("Ventas");
  await shot(page, "filters");
  await expect(page).toHaveURL(/status=pending/);
  await page.keyboard.press("Escape");
  await expect(page.getByText("Pendientes en Ventas")).toBeVisible();
  await page.getByRole("button", { name: "Quitar filtros" }).click();
  await expect(page).not.toHaveURL(/status=/);
});

test("the platform's forms say what is wrong", async ({ page }) => {
  await serveFixtures(page, "platform");
  await page.goto("/superadmin");
  await page.getByRole("button", { name: "Crear empresa" }).click();
  await page.getByRole("textbox", { name: "Nombre" }).fill("Óptica Ñandú");
  await expect(page.getByRole("textbox", { name: "Identificador" })).toHaveValue("optica-nandu");
  await shot(page, "create-tenant");
  await page.keyboard.press("Escape");
  await page.goto("/superadmin/tenants/t1?tab=database");
  await page.getByLabel("URL de conexión").fill("postgres://a:b@c/d");
  await page.getByRole("button", { name: "Probar" }).click();
  await expect(page.getByText(/rechazó el usuario o la clave/)).toBeVisible();
  await shot(page, "database-error");
  await page.getByRole("link", { name: "Líneas", exact: true }).click();
  await page.getByRole("button", { name: "Más acciones para Ventas" }).click();
  await page.getByRole("menuitem", { name: "Editar" }).click();
  await expect(page.getByRole("dialog", { name: "Editar Ventas" })).toBeVisible();
  await shot(page, "line");
});

for (const [size, viewport] of Object.entries({
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
})) {
  test(`says who else is at the conversation (${size})`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: size === "phone" ? "dark" : "light" });
    const desk = await serveFixtures(page, "tenant");
    await page.goto("/inbox/v0");
    await expect(page.getByRole("log", { name: "Mensajes" })).toBeVisible();
    const here = (people: object[]) => desk.tells({ type: "here", conversation_id: "v0", people });
    const bruno = { id: "u2", name: "Bruno Salazar", typing: false };
    const ana = { id: "u3", name: "Ana Quispe", typing: false };
    here([ana, bruno]);
    await expect(
      page.getByText("Ana Quispe y Bruno Salazar también están en esta conversación."),
    ).toBeVisible();
    await shot(page, `reading-${size}`);
    here([ana, { ...bruno, typing: true }]);
    await expect(page.getByText("Bruno Salazar está escribiendo una respuesta.")).toBeVisible();
    await check(page, `desk-writing-${size}`);
    here([]);
    await expect(page.getByText("Bruno Salazar está escribiendo", { exact: false })).toBeHidden();
  });
}
