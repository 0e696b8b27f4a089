/** SuperAdmins in a company's panel, and people who change between companies, from fixtures. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { visit } from "./fixtures/platform";
import { serveFixtures } from "./fixtures/server";

async function isAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((violation) => `${violation.id}: ${violation.help}`)).toEqual([]);
}

const problem = (status: number, code: string, errors: unknown[] = []) => ({
  status,
  contentType: "application/problem+json",
  json: { type: "about:blank", title: code, status, code, errors },
});

async function profile(page: Page) {
  await page.getByRole("button", { name: "Perfil y preferencias" }).click();
}

for (const size of [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]) {
  test(`a visit is asked for with reason and password at ${size.width}`, async ({ page }) => {
    await page.setViewportSize(size);
    await serveFixtures(page, "platform");
    let tries = 0;
    const asked: unknown[] = [];
    await page.route(/\/impersonate$/, (route) => {
      asked.push(route.request().postDataJSON());
      tries += 1;
      return tries === 1
        ? route.fulfill(
            problem(422, "invalid_request", [
              { pointer: "/password", code: "wrong_password", message: "no" },
            ]),
          )
        : route.fulfill(problem(403, "tenant_suspended"));
    });
    await page.goto("/superadmin/tenants/t1");
    await expect(page.getByText(/otra@centralita.example está en el panel de esta empresa/)).toBeVisible();
    await page.getByRole("button", { name: "Ver como…" }).click();
    const dialog = page.getByRole("dialog");
    const begin = dialog.getByRole("button", { name: "Entrar" });
    await expect(begin).toBeDisabled();
    await dialog.getByLabel("Motivo").fill("Ticket 4711");
    await dialog.getByLabel("Con los ojos de").selectOption({ label: "Recepción" });
    await dialog.getByLabel("Permitir cambios").check();
    await expect(begin).toBeDisabled();
    await dialog.getByLabel("La propia contraseña").fill("no es");
    await isAccessible(page);
    await page.screenshot({ path: `test-results/look/visit-dialog-${size.width}.png` });
    await begin.click();
    await expect(dialog.getByText("No es la contraseña actual.")).toBeVisible();
    expect(asked[0]).toEqual({
      role: "recepcion",
      reason: "Ticket 4711",
      minutes: 15,
      write: true,
      password: "no es",
    });
    await begin.click();
    await expect(dialog.getByText("suspendida", { exact: false })).toBeVisible();
  });
}

test("a visit shows itself across the top, survives a reload, marks nothing as read, and is left", async ({
  page,
}) => {
  await serveFixtures(page, "visitor");
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET") sent.push(new URL(request.url()).pathname);
  });
  await page.goto("/inbox/v0");
  const bar = page.getByRole("complementary", { name: "Suplantación en curso" });
  await expect(bar).toContainText(visit.reason);
  await expect(bar.getByRole("timer")).toHaveText("quedan 12 min");
  await page.reload();
  await expect(bar).toBeVisible();
  await expect(page.getByText("¿Le sirve a las 10?").first()).toBeVisible();
  await profile(page);
  await expect(page.getByRole("menuitem", { name: "Otra empresa…" })).toBeHidden();
  await page.keyboard.press("Escape");
  expect(sent.filter((path) => path.endsWith("/read") || path.endsWith("/refresh"))).toEqual([]);
  await page.route(/\/api\/auth\/impersonation\/end$/, (route) => route.fulfill({ status: 204 }));
  await page.route(/\/api\/auth\/refresh$/, (route) =>
    route.fulfill({
      json: {
        access_token: "t",
        expires_in: 900,
        user: {
          id: "s1",
          name: "P",
          email: "p@centralita.example",
          role: "superadmin",
          permissions: ["platform"],
        },
        tenant: null,
      },
    }),
  );
  await bar.getByRole("button", { name: "Salir" }).click();
  await expect(page).toHaveURL(/\/superadmin/);
  expect(sent).toContain("/api/auth/impersonation/end");
});

test("a visit that somebody ended leads back to the platform, in words", async ({ page }) => {
  await serveFixtures(page, "visitor");
  await page.goto("/inbox");
  await expect(page.getByText("solo mirar")).toBeVisible();
  await page.route(/\/api\/conversations\?/, (route) => route.fulfill(problem(401, "session_expired")));
  await page.route(/\/api\/auth\/refresh$/, (route) =>
    route.fulfill({
      json: {
        access_token: "t2",
        expires_in: 900,
        user: {
          id: "s1",
          name: "P",
          email: "p@centralita.example",
          role: "superadmin",
          permissions: ["platform"],
        },
        tenant: null,
      },
    }),
  );
  await page.getByRole("tab", { name: /^Mías/ }).click();
  await expect(page.getByText("La visita al panel de la empresa terminó.")).toBeVisible();
  await expect(page).toHaveURL(/\/superadmin/);
});

test("a company is changed to, and asks for its password and its code", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const bodies: unknown[] = [];
  await page.route(/\/api\/auth\/switch$/, (route) => {
    const body = route.request().postDataJSON();
    bodies.push(body);
    if (!body.password) return route.fulfill(problem(409, "password_required"));
    if (body.password === "no es") return route.fulfill(problem(401, "invalid_credentials"));
    if (!body.code) return route.fulfill(problem(401, "totp_required"));
    return route.fulfill({
      json: {
        access_token: "t2",
        expires_in: 900,
        user: { id: "u7", name: "Ana", email: "ana@x.example", role: "admin", permissions: ["chat.read"] },
        tenant: { id: "t2", slug: "optica", name: "Óptica Ñandú" },
      },
    });
  });
  await page.goto("/inbox");
  await profile(page);
  await expect(page.getByRole("menuitemradio", { name: "Dental Sur" })).toBeChecked();
  await page.screenshot({ path: "test-results/look/company-menu.png" });
  await page.getByRole("menuitemradio", { name: /Óptica/ }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Nombre corto de la empresa")).toHaveValue("optica");
  await dialog.getByLabel("Contraseña en esa empresa").fill("no es");
  await isAccessible(page);
  await page.screenshot({ path: "test-results/look/company-dialog.png" });
  await dialog.getByRole("button", { name: "Entrar" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByLabel("Contraseña en esa empresa").fill("la de la óptica");
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Código de autenticación").fill("123456");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Ahora en Óptica Ñandú")).toBeVisible();
  await expect(dialog).toBeHidden();
  expect(bodies.at(-1)).toEqual({ tenant: "optica", password: "la de la óptica", code: "123456" });
});
