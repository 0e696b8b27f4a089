/** The list under the hands: search, views, choosing many, and the thread opened where something was found. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { serveFixtures } from "./fixtures/server";

const shot = (page: Page, name: string) => page.screenshot({ path: `test-results/look/list-${name}.png` });
const rows = (page: Page) => page.getByRole("list", { name: "Conversaciones" });

test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: "reduce" }));

test("counts are exact up to a thousand, and say so above it", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox");
  await expect(page.getByRole("tab", { name: "Mías 6" })).toBeVisible();
  await expect(page.getByRole("tab", { name: /Todas 1.?000\+/ })).toBeVisible();
});

test("many are chosen by pointer, range and key, and changed at once", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox");
  const boxes = rows(page).getByRole("checkbox");
  await rows(page).getByRole("link").nth(1).hover();
  await boxes.nth(1).check();
  await boxes.nth(3).click({ modifiers: ["Shift"] });
  await expect(page.getByText("3 elegidas")).toBeVisible();
  await shot(page, "chosen");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page.getByText("4 elegidas")).toBeVisible();
  const asked = page.waitForRequest(/\/api\/conversations\/bulk$/);
  await page.getByRole("button", { name: "Asignar las elegidas" }).click();
  await page.getByRole("menuitem", { name: "Bruno Salazar" }).click();
  const body = (await asked).postDataJSON() as { ids: string[]; action: unknown };
  expect([...body.ids].sort()).toEqual(["v0", "v1", "v2", "v3"]);
  expect(body.action).toEqual({ type: "assign", assignee_id: "u2" });
  await expect(page.getByText("4 conversaciones cambiaron")).toBeVisible();
  await expect(page.getByRole("toolbar", { name: "Acciones para las elegidas" })).toBeHidden();
});

test("the escape key lets go of what is chosen", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox");
  await expect(rows(page)).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  await expect(page.getByText("3 elegidas")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("3 elegidas")).toBeHidden();
});

test("every filter and the order are in the address, in the question and in words", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox");
  await page.getByRole("button", { name: "Filtros" }).click();
  await page.getByRole("checkbox", { name: "Cerradas" }).check();
  await page.getByRole("combobox", { name: "Responsable" }).selectOption("Bruno Salazar");
  await page.getByLabel("Ventana de 24 horas").selectOption("Se cierra en 4 h o menos");
  const asked = page.waitForRequest((request) => request.url().includes("sort=oldest"));
  await page.getByLabel("Orden").selectOption("Las que más esperan");
  await shot(page, "filters");
  const url = new URL((await asked).url());
  expect(Object.fromEntries(url.searchParams)).toEqual({
    status: "open,pending,closed",
    assignee: "u2",
    window: "closing",
    sort: "oldest",
    limit: "50",
  });
  await page.keyboard.press("Escape");
  const sentence = "Abiertas, pendientes y cerradas de Bruno Salazar cuya ventana se cierra pronto";
  await expect(page.getByText(sentence)).toBeVisible();
  await page.reload();
  await expect(page.getByText(sentence)).toBeVisible();
});

test("a view brings its filter and order back, and what is shown is kept as one", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox");
  await page.getByRole("button", { name: "Vistas guardadas" }).click();
  await shot(page, "views");
  await page.getByRole("menuitem", { name: "Mías sin leer" }).click();
  await expect(page).toHaveURL(/tab=mine/);
  await expect(page).toHaveURL(/sort=oldest/);
  await expect(page.getByText("Abiertas y pendientes sin leer")).toBeVisible();
  await page.getByRole("button", { name: "Vistas guardadas" }).click();
  await page.getByRole("menuitem", { name: "Guardar esta vista" }).click();
  await page.getByRole("textbox", { name: "Nombre" }).fill("Guardia");
  await page.getByLabel("Para todo el equipo").check();
  await shot(page, "keep-view");
  const asked = page.waitForRequest(
    (request) => request.method() === "POST" && request.url().endsWith("/views"),
  );
  await page.getByRole("button", { name: "Guardar", exact: true }).click();
  expect((await asked).postDataJSON()).toEqual({
    name: "Guardia",
    shared: true,
    sort: "oldest",
    filter: { status: "open,pending", assignee: "me", unread: true },
  });
  await expect(page.getByText("Vista «Guardia» guardada")).toBeVisible();
});

test("a view is given another name, or keeps the one it has", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.route(/\/api\/views\/\w+$/, (route) => route.fulfill({ json: { id: "w1" } }));
  await page.goto("/inbox");
  await page.getByRole("button", { name: "Vistas guardadas" }).click();
  await page.getByRole("menuitem", { name: "Administrar vistas" }).click();
  const rename = page.getByRole("button", { name: "Cambiar el nombre de «Mías sin leer»" });
  await rename.click();
  const name = page.getByRole("textbox", { name: "Nombre" });
  await expect(name).toBeFocused();
  await name.fill("Otra cosa");
  await page.getByRole("button", { name: "Cancelar" }).click();
  await expect(page.getByRole("dialog").getByText("Mías sin leer")).toBeVisible();
  await rename.click();
  await name.fill("Mis pendientes");
  await shot(page, "rename-view");
  const asked = page.waitForRequest((request) => request.method() === "PATCH");
  await page.keyboard.press("Enter");
  expect((await asked).postDataJSON()).toEqual({ name: "Mis pendientes" });
  await expect(name).toBeHidden();
});

test("a search marks what it found and opens the thread there", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox");
  await page.getByRole("searchbox", { name: "Buscar nombres, teléfonos y mensajes" }).fill("turno");
  const results = page.getByRole("region", { name: "Resultados" });
  await expect(results.locator("mark").first()).toHaveText(/turno/i);
  await expect(page).toHaveURL(/q=turno/);
  const asked = page.waitForRequest(/\/messages\?.*around=/);
  await results.getByRole("link").filter({ hasText: "¿Tienen turno mañana a las 10?" }).click();
  await asked;
  await expect(page).toHaveURL(/at=/);
  await expect(page.getByRole("log").getByText("¿Tienen turno mañana a las 10?")).toBeInViewport();
  await shot(page, "found");
  await page.getByRole("searchbox").fill("zzzz");
  await expect(page.getByText("Nada contiene «zzzz».", { exact: false })).toBeVisible();
});

test("the palette finds what was said and leads there", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox");
  await expect(rows(page)).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("turno");
  const said = page.getByRole("option").filter({ hasText: "¿Tienen turno mañana a las 10?" });
  await expect(said).toBeVisible();
  await shot(page, "palette");
  await said.click();
  await expect(page).toHaveURL(/\/inbox\/v0\?at=/);
  await expect(page.getByRole("log").getByText("¿Tienen turno mañana a las 10?")).toBeInViewport();
});

test.describe("with a finger", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("resting on a conversation chooses it, a tap on its box another", async ({ page }) => {
    await serveFixtures(page, "tenant");
    await page.goto("/inbox");
    const row = rows(page).getByRole("listitem").nth(1);
    await expect(row).toBeVisible();
    const place = await row.boundingBox();
    if (!place) throw new Error("the row has no place");
    const touch = await page.context().newCDPSession(page);
    const point = { x: place.x + 200, y: place.y + place.height / 2 };
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
    await expect(row.getByRole("checkbox")).toBeChecked();
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await expect(page).toHaveURL(/\/inbox$/);
    const next = rows(page).getByRole("listitem").nth(2).getByRole("checkbox");
    await next.tap();
    await expect(next).toBeChecked();
    await expect(page.getByRole("button", { name: "Cerrar las elegidas" })).toBeVisible();
    await shot(page, "touch");
    await row.getByRole("link").tap();
    await expect(page).toHaveURL(/\/inbox\/v/);
  });
});
