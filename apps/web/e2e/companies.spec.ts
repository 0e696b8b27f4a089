/** The running product: one e-mail in two companies, and a SuperAdmin's visit that both audits know of. */
import { type APIRequestContext, expect, test } from "@playwright/test";
import { demo, signIn, tenantAdmin } from "./fixtures/stack";

async function token(request: APIRequestContext, email: string, password: string, tenant?: string) {
  const answer = await request.post(`${demo().api_url}/api/auth/login`, {
    data: { email, password, tenant },
  });
  expect(answer.status()).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}

test("whoever works for two companies changes between them", async ({ page, request }) => {
  const password = "una para las dos empresas";
  const email = `dos.${Date.now()}@correo.example`;
  for (const { slug, users } of demo().tenants) {
    const admin = users.find((user) => user.role === "admin");
    if (!admin) throw new Error("Each tenant needs an administrator");
    const authorization = `Bearer ${await token(request, admin.email, admin.password, slug)}`;
    const made = await request.post(`${demo().api_url}/api/users`, {
      headers: { authorization },
      data: { name: "Dos Empresas", email, role: "recepcion", password },
    });
    expect(made.status()).toBe(201);
  }
  const [first, second] = demo().tenants;
  if (!first || !second) throw new Error("The demo needs two tenants");
  await signIn(page, { email, password }, first.slug);
  await expect(page.getByRole("list", { name: "Conversaciones" })).toBeVisible();
  const companies = page.getByRole("group", { name: "Empresas" });
  const current = companies.getByRole("menuitemradio", { checked: true });
  const profile = page.getByRole("button", { name: "Perfil y preferencias" });
  await profile.click();
  const here = await current.textContent();
  await companies.getByRole("menuitemradio", { checked: false }).first().click();
  await expect(page.getByText(/^Ahora en /)).toBeVisible();
  await profile.click();
  await expect(current).not.toHaveText(here ?? "");
  await page.keyboard.press("Escape");
  // A reload stays in the company that was changed to.
  await page.reload();
  await profile.click();
  await expect(current).not.toHaveText(here ?? "");
});

test("a SuperAdmin's visit looks, changes nothing, and is in the company's audit", async ({
  page,
  browser,
}) => {
  const { slug, login } = tenantAdmin();
  const tenant = demo().tenants.find((one) => one.slug === slug);
  const reason = `Revisión ${Date.now()}`;
  await signIn(page, demo().superadmin);
  await expect(page).toHaveURL(/\/superadmin/);
  await page.goto(`${demo().web_url}/superadmin/tenants/${tenant?.id}`);
  await page.getByRole("button", { name: "Ver como…" }).click();
  await page.getByLabel("Motivo").fill(reason);
  await page.getByRole("dialog").getByRole("button", { name: "Entrar" }).click();
  const bar = page.getByRole("complementary", { name: "Suplantación en curso" });
  await expect(bar).toContainText(reason);
  await page.getByRole("list", { name: "Conversaciones" }).getByRole("link").first().click();
  await expect(page.getByRole("log", { name: "Mensajes" })).toBeVisible();
  await page.getByRole("tab", { name: "Nota" }).click();
  await page.getByRole("textbox", { name: /nota/i }).fill("no debe quedar");
  await page.getByRole("button", { name: /Guardar nota/ }).click();
  await expect(page.getByText(/En esta visita solo se mira/)).toBeVisible();
  await bar.getByRole("button", { name: "Salir" }).click();
  await expect(page).toHaveURL(/\/superadmin\/tenants\//);

  const context = await browser.newContext();
  const theirs = await context.newPage();
  await signIn(theirs, login, slug);
  await theirs.goto(`${demo().web_url}/settings/audit?q=${encodeURIComponent(reason)}`);
  await theirs.getByRole("button", { name: /entró al panel como SuperAdmin/ }).click();
  await expect(theirs.getByRole("dialog")).toContainText(demo().superadmin.email);
  await context.close();
});
