/** What an administrator and the platform do when something did not go through, over fixtures. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, type Request, test } from "@playwright/test";
import { letters, lineEvents } from "./fixtures/operations";
import { serveFixtures } from "./fixtures/server";

test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: "reduce" }));

async function isAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((violation) => violation.id)).toEqual([]);
}

/** Answers one address in its own way and remembers what was asked. */
async function answer(page: Page, path: RegExp, json: unknown, status = 200): Promise<Request[]> {
  const asked: Request[] = [];
  await page.route(path, (route) => {
    asked.push(route.request());
    return status === 204 ? route.fulfill({ status }) : route.fulfill({ status, json });
  });
  return asked;
}

test("a dead letter is applied again by keyboard", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const asked = await answer(page, /l1\/replay$/, { ...letters[0], state: "replayed" });
  await page.goto("/settings/dead-letters");
  const row = page.getByRole("button", { name: /el mensaje no es un objeto/ });
  await row.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/letter=l1/);
  await expect(page.getByText("wamid.HBgL")).toBeVisible();
  await page.getByRole("button", { name: "Aplicar de nuevo" }).press("Enter");
  const confirm = page.getByRole("dialog", { name: "Aplicar de nuevo" });
  await expect(confirm).toBeVisible();
  await isAccessible(page);
  await confirm.getByRole("button", { name: "Aplicar de nuevo" }).press("Enter");
  await expect(page.locator("[data-sonner-toast]")).toContainText("Aplicado");
  expect(asked).toHaveLength(1);
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/letter=l1/);
});

test("a dead letter is discarded only with a reason", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const asked = await answer(page, /l1\/discard$/, { ...letters[0], state: "discarded" });
  await page.goto("/settings/dead-letters?letter=l1");
  await page.getByRole("button", { name: "Descartar" }).click();
  const dialog = page.getByRole("dialog", { name: "Descartar" });
  await expect(dialog.getByRole("button", { name: "Descartar" })).toBeDisabled();
  await dialog.getByLabel("Motivo").fill("  De una prueba ");
  await isAccessible(page);
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  expect(asked[0]?.postDataJSON()).toEqual({ reason: "De una prueba" });
});

test("those that match the filter are applied together", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const asked = await answer(page, /dead-letters\/replay$/, { replayed: 3, failed: 1 });
  const lists = await answer(page, /\/api\/dead-letters\?/, { items: letters, next_cursor: null });
  await page.goto("/settings/dead-letters");
  await page.getByLabel("Tipo").selectOption("unreadable");
  await page.getByLabel("Buscar en el motivo o el contenido").fill("objeto");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/kind=unreadable&q=objeto/);
  await page.getByRole("button", { name: "Aplicar los que coinciden" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Aplicar de nuevo" }).click();
  await expect(page.getByText("Aplicados: 3. Siguen abiertos: 1.")).toBeVisible();
  expect(asked[0]?.postDataJSON()).toEqual({ kind: "unreadable", q: "objeto" });
  expect(lists.some((request) => request.url().includes("kind=unreadable&q=objeto"))).toBe(true);
});

test("the lines' activity is filtered and read page by page", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.route(/\/api\/line-events/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const [first, second] = lineEvents;
    if (query.get("field") === "calls") return route.fulfill({ json: { items: [], next_cursor: null } });
    if (query.get("cursor") === "next")
      return route.fulfill({ json: { items: [second], next_cursor: null } });
    return route.fulfill({ json: { items: [first], next_cursor: "next" } });
  });
  await page.goto("/settings/activity");
  const events = page
    .getByRole("main")
    .getByRole("listitem")
    .filter({ has: page.locator("details") });
  await expect(events).toHaveCount(1);
  await page.getByRole("button", { name: "Cargar más" }).click();
  await expect(events).toHaveCount(2);
  await expect(page.getByRole("button", { name: "Cargar más" })).toBeHidden();
  await page.getByLabel("Filtrar por tipo").selectOption("calls");
  await expect(page.getByText("No hay avisos de este tipo.")).toBeVisible();
  await expect(page).toHaveURL(/field=calls/);
});

test("what fails to load says so and can be tried again", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await answer(page, /\/api\/dead-letters/, { code: "forbidden", status: 403, title: "Forbidden" }, 403);
  await page.goto("/settings/dead-letters");
  await expect(page.getByRole("alert")).toContainText("Este rol no permite esa acción");
  await expect(page.getByRole("button", { name: "Reintentar" })).toBeVisible();
  await isAccessible(page);
});

test("a role without the permission sees neither page", async ({ page }) => {
  await serveFixtures(page, "marketing");
  await page.goto("/settings/dead-letters");
  await expect(page.getByText(/no está disponible para este rol/)).toBeVisible();
  await expect(page.getByRole("link", { name: "Sin aplicar" })).toBeHidden();
});

test("the platform retries a failed row and discards it with a reason", async ({ page }) => {
  await serveFixtures(page, "platform");
  const retried = await answer(page, /spool\/r1\/retry$/, {});
  const discarded = await answer(page, /spool\/r1\/discard$/, null, 204);
  await page.goto("/superadmin/spool");
  await page.getByRole("button", { name: "Reintentar" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reintentar" }).click();
  await expect(page.getByText("La fila volvió a la cola")).toBeVisible();
  expect(retried).toHaveLength(1);
  await page.getByRole("button", { name: "Descartar" }).click();
  await page.getByLabel("Motivo").fill("Clave perdida");
  await isAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Fila descartada")).toBeVisible();
  expect(discarded[0]?.postDataJSON()).toEqual({ reason: "Clave perdida" });
  await page.getByRole("button", { name: /Dental Sur/ }).click();
  await expect(page).toHaveURL(/tenant=t1/);
  await expect(page.getByText("14", { exact: true })).toBeVisible();
});
