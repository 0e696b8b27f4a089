/** A new operator's first day, with the runbook in hand: from an empty Postgres to a message answered. */
import { type APIRequestContext, expect, type Page } from "@playwright/test";
import { signIn } from "./fixtures/stack";
import { block, linesOf, named } from "./runbook/book";
import { type Stand, test } from "./runbook/stand";
import type { Terminal } from "./runbook/terminal";

const OPERATOR = { email: named("operacion@ejemplo.com"), password: "clave-de-la-operacion" };
const ANA = { email: named("ana@sol.example"), password: "clave-de-ana-en-sol" };
/** What Meta shows of the line. */
const LINE = {
  phone_number_id: "106540352242922",
  waba_id: "102290129340398",
  display_phone_number: "+591 2 2001000",
  verified_name: "Clínica Sol",
  token: "EAAGtokenDeUsuarioDeSistema",
  app_secret: "0123456789abcdef0123456789abcdef",
};
const CUSTOMER = { from: "59170000001", name: "Rosa Mamani" };
const DESK = { viewport: { width: 1440, height: 900 } };

test.use(DESK);
test.setTimeout(180_000);

test("the runbook leads from an empty Postgres to a message answered", async ({
  page,
  stand,
  browser,
  request,
}) => {
  const terminal = stand.terminal();
  let tenantUrl = "";
  await test.step("2 to 5: keys, databases, administrator, SuperAdmin, server", async () => {
    await prepare(stand, terminal);
    tenantUrl = await prepareTenant(stand, terminal);
    await startServer(stand, terminal, request);
  });
  await test.step("6: the company, its database and its line, in the panel", async () => {
    await signIn(page, OPERATOR, undefined, stand.apiUrl);
    await createTenant(page);
    await attachDatabase(page, tenantUrl);
    await choosePaint(page);
  });
  await test.step("7: Meta's side, and the line", async () => {
    await addLine(page, stand, request);
    await verifyWebhook(page, stand, terminal, request);
    await checkLine(page);
    const answers = { WA_TOKEN: LINE.token, WABA_ID: LINE.waba_id };
    const known = await terminal.run(block("/subscribed_apps"), answers);
    expect(known).toContain('"success":true');
    expect(known).toContain(LINE.phone_number_id);
  });
  const context = await browser.newContext(DESK);
  await test.step("8: a customer writes, the administrator answers", async () => {
    await answer(await context.newPage(), stand, request);
  });
  await test.step("8, 14 and 15: nothing is missing", async () => {
    await expectSetUp(page, stand);
    const found = await terminal.run(linesOf(block("provision doctor"), "provision doctor"));
    expect(found).toContain("0 faults, 0 warnings");
  });
  await context.close();
});

async function prepare(stand: Stand, terminal: Terminal): Promise<void> {
  await terminal.run(block("openssl rand"));
  await stand.writeVariables();
  const CONTROL_DB_URL = await stand.makeDatabase(block("CREATE DATABASE centralita_control"));
  const migrated = await terminal.run(block("CONTROL_DB_URL: "), { CONTROL_DB_URL });
  expect(migrated).toContain("up to date");
  const SUPERADMIN_PASSWORD = OPERATOR.password;
  const seeded = await terminal.run(block("provision seed superadmin"), { SUPERADMIN_PASSWORD });
  expect(seeded).toContain(OPERATOR.email);
}

async function prepareTenant(stand: Stand, terminal: Terminal): Promise<string> {
  const TENANT_DB_URL = await stand.makeDatabase(block("CREATE DATABASE tenant_sol"));
  const commands = block("provision tenant migrate   ");
  const said = await terminal.run(commands, { TENANT_DB_URL, ADMIN_PASSWORD: ANA.password });
  expect(said).toContain(named("They can log in once the database is attached"));
  return TENANT_DB_URL;
}

/** In a terminal of its own, which knows the variables by the line that the runbook says. */
async function startServer(stand: Stand, terminal: Terminal, request: APIRequestContext): Promise<void> {
  const other = stand.terminal();
  await other.run(linesOf(block("CONTROL_DB_URL: "), "set -a"));
  other.type(block("cargo run -p api"));
  const ready = () => request.get(`${stand.apiUrl}/health/ready`).then((answer) => answer.status(), String);
  await expect.poll(ready, { timeout: 60_000 }).toBe(200);
  const health = await terminal.run(block("/health/ready"));
  expect(health).toContain('{"status":"ready"');
}

async function createTenant(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: named("Empresas") })).toBeVisible();
  await page
    .getByRole("button", { name: named("Crear empresa") })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nombre").fill(named("Clínica Sol"));
  await dialog.getByLabel("Identificador").fill("sol");
  await dialog.getByRole("button", { name: "Crear empresa" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Clínica Sol" })).toBeVisible();
  await expect(page.getByText("Puesta en marcha: 0 de 11")).toBeVisible();
}

function tab(page: Page, name: string) {
  return page.getByRole("navigation", { name: "Secciones de la empresa" }).getByRole("link", { name });
}

async function attachDatabase(page: Page, url: string): Promise<void> {
  await tab(page, named("Base de datos")).click();
  await page.getByLabel(named("URL de conexión")).fill(url);
  await page.getByRole("button", { name: named("Probar") }).click();
  await expect(page.getByText("Conexión correcta y esquema al día")).toBeVisible();
  await page.getByRole("button", { name: named("Guardar y conectar") }).click();
  await expect(page.getByText("Base de datos conectada", { exact: true })).toBeVisible();
  await tab(page, named("Usuarios")).click();
  await expect(page.getByText(ANA.email)).toBeVisible();
}

async function choosePaint(page: Page): Promise<void> {
  await tab(page, named("Marca")).click();
  await page.getByLabel("Color principal", { exact: true }).fill("#0f766e");
  await page.getByLabel("Zona horaria").selectOption("America/La_Paz");
  await page.getByRole("button", { name: "Guardar" }).click();
  await expect(page.getByText("Cambios guardados")).toBeVisible();
}

async function addLine(page: Page, stand: Stand, request: APIRequestContext): Promise<void> {
  // At Meta it exists already, and no app hears of its account.
  await request.post(`${stand.simulatorUrl}/simulator/lines`, { data: LINE });
  const headers = { authorization: `Bearer ${LINE.token}` };
  await request.delete(`${stand.simulatorUrl}/v25.0/${LINE.waba_id}/subscribed_apps`, { headers });
  await tab(page, named("Líneas")).click();
  await page
    .getByRole("button", { name: named("Añadir línea") })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(named("Nombre"), { exact: true }).fill("Recepción");
  await dialog.getByLabel("Número visible").fill(LINE.display_phone_number);
  await dialog.getByLabel(named("Phone number ID")).fill(LINE.phone_number_id);
  await dialog.getByLabel(named("WABA ID")).fill(LINE.waba_id);
  await dialog.getByLabel(named("Token de WhatsApp")).fill(LINE.token);
  await dialog.getByLabel(named("App secret")).fill(LINE.app_secret);
  await dialog.getByRole("button", { name: "Añadir línea" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(LINE.display_phone_number)).toBeVisible();
}

/** The callback as the panel shows it goes to Meta, which calls it at once. */
async function verifyWebhook(
  page: Page,
  stand: Stand,
  terminal: Terminal,
  request: APIRequestContext,
): Promise<void> {
  await expect(page.getByText(named("URL del webhook para Meta"))).toBeVisible();
  const url = `${stand.apiUrl}/webhook`;
  await expect(page.getByText(url)).toBeVisible();
  expect(await terminal.run(block("hub.challenge=123"))).toBe("123");
  const verify_token = await terminal.run('echo "$VERIFY_TOKEN"');
  const verified = await request.post(`${stand.simulatorUrl}/simulator/callback`, {
    data: { url, verify_token },
  });
  expect(await verified.json()).toEqual({ success: true, status: 200 });
}

async function checkLine(page: Page): Promise<void> {
  await page.getByRole("button", { name: `${named("Estado")} de Recepción` }).click();
  const report = page.getByRole("region", { name: "Informe de Recepción" });
  await report.getByRole("button", { name: named("Revisar ahora") }).click();
  await expect(report.getByText("no llegan a la app")).toBeVisible();
  await report.getByRole("button", { name: named("Suscribir la app") }).click();
  await expect(report.getByText("Ningún problema.")).toBeVisible();
  await expect(page.getByText("En orden")).toBeVisible();
}

async function answer(page: Page, stand: Stand, request: APIRequestContext): Promise<void> {
  await signIn(page, ANA, undefined, stand.apiUrl);
  await expect(page).toHaveURL(/\/inbox/);
  const question = "¿Tienen turno mañana?";
  const data = { phone_number_id: LINE.phone_number_id, ...CUSTOMER, text: question };
  const written = await request.post(`${stand.simulatorUrl}/simulator/inbound`, { data });
  expect(written.ok()).toBe(true);
  // It comes without a reload.
  const list = page.getByRole("list", { name: "Conversaciones" });
  await list.getByRole("link").filter({ hasText: CUSTOMER.name }).click();
  const thread = page.getByRole("log", { name: "Mensajes" });
  await expect(thread.getByText(question)).toBeVisible();

  const reply = "Sí, a las 10.";
  await page.getByLabel("Mensaje para el contacto").fill(reply);
  await page.getByLabel("Mensaje para el contacto").press("Enter");
  const bubble = thread.getByRole("article").filter({ hasText: reply });
  await expect(bubble.getByRole("img", { name: "Leído" })).toBeVisible({ timeout: 30_000 });
  await expect(bubble).toHaveCount(1);
  const { from } = CUSTOMER;
  const params = { phone_number_id: LINE.phone_number_id, from };
  const phone = await request.get(`${stand.simulatorUrl}/simulator/chats`, { params });
  const { messages } = (await phone.json()) as { messages: { payload: unknown }[] };
  expect(messages.map(({ payload }) => JSON.stringify(payload))).toEqual([
    expect.stringContaining(question),
    expect.stringContaining(reply),
  ]);
}

/** All steps are ticked, the changes are written down, and no line is unknown. */
async function expectSetUp(page: Page, stand: Stand): Promise<void> {
  await tab(page, named("Resumen")).click();
  // It asks again by itself; a delivery is counted a few seconds after it was reported.
  await expect(page.getByText("Puesta en marcha: 11 de 11")).toBeVisible({ timeout: 60_000 });
  await page.goto(`${stand.apiUrl}/superadmin`);
  await page.getByRole("link", { name: named("Auditoría") }).click();
  for (const action of ["tenant.created", "database.attached", "channel.created", "channel.subscribed"]) {
    await expect(page.getByRole("listitem").filter({ hasText: action })).toContainText(OPERATOR.email);
  }
  await page.getByRole("link", { name: named("Sin registrar") }).click();
  await expect(page.getByText("Todo lo que llega tiene empresa.")).toBeVisible();
}
