/**
 * How quick the desk is in a browser: opened cold, a thread opened cold, and a customer's message on the screen.
 * `scripts/bench --inbox --desk` runs it against a company with years of talk; it prints one JSON document.
 */
import { chromium } from "@playwright/test";

const env = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is needed: scripts/bench --inbox --desk sets it`);
  return value;
};
const desk = env("DESK_URL");
const simulator = env("SIMULATOR_URL");
const line = env("DESK_LINE");
const rounds = Number(env("DESK_ROUNDS"));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
const settings = { locale: "es-BO", serviceWorkers: "block", viewport: { width: 1440, height: 900 } };

/** Logs in once; who has a session opens the desk from then on. */
async function session() {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  await page.goto(`${desk}/login`);
  await page.getByLabel("Correo electrónico").fill(env("DESK_EMAIL"));
  await page.getByLabel("Contraseña", { exact: true }).fill(env("DESK_PASSWORD"));
  await page.getByRole("button", { name: "Entrar", exact: true }).click();
  await page.getByRole("navigation", { name: "Principal" }).waitFor();
  return { context, page };
}

/** Milliseconds from asking for a page until `usable` is there, with nothing kept from before. */
async function cold(state, path, usable) {
  const context = await browser.newContext({ ...settings, storageState: state });
  const page = await context.newPage();
  const begun = performance.now();
  await page.goto(`${desk}${path}`, { waitUntil: "commit" });
  await usable(page).waitFor();
  const took = performance.now() - begun;
  state.cookies = (await context.storageState()).cookies;
  await context.close();
  return took;
}

/** Milliseconds from sending a customer's message until it is painted in the list of an open desk. */
async function arrival(page, round) {
  const text = `llega-${round}-${Math.random().toString(36).slice(2)}`;
  const painted = page.evaluate(
    (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (!document.body.textContent.includes(text)) return requestAnimationFrame(look);
          requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
        };
        look();
      }),
    text,
  );
  const body = { phone_number_id: line, from: `5917${String(round).padStart(7, "0")}`, name: "Rita", text };
  const begun = performance.timeOrigin + performance.now();
  const answer = await fetch(`${simulator}/simulator/inbound`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status}: ${await answer.text()}`);
  const answered = performance.timeOrigin + performance.now();
  const seen = await painted;
  return { fromSending: seen - begun, fromAnswer: Math.max(0, seen - answered) };
}

const { context, page } = await session();
const state = await context.storageState();
const rows = (of) => of.getByRole("list", { name: "Conversaciones" }).getByRole("link").first();
await rows(page).waitFor();
const thread = await rows(page).getAttribute("href");
await page.close();
await context.close();

const figures = { open_ms: [], thread_ms: [], sending_to_screen_ms: [], answer_to_screen_ms: [] };
const composer = (of) => of.getByRole("textbox", { name: "Mensaje para el contacto" });
for (let round = 0; round < rounds; round += 1) {
  figures.open_ms.push(await cold(state, "/inbox", rows));
  figures.thread_ms.push(await cold(state, thread, (of) => composer(of).or(of.getByText("solo se puede escribir con una plantilla", { exact: false })).first()));
}
const watching = await browser.newContext({ ...settings, storageState: state });
const open = await watching.newPage();
await open.goto(`${desk}/inbox`);
await rows(open).waitFor();
for (let round = 0; round < rounds; round += 1) {
  const { fromSending, fromAnswer } = await arrival(open, round);
  figures.sending_to_screen_ms.push(fromSending);
  figures.answer_to_screen_ms.push(fromAnswer);
}
await browser.close();
console.log(JSON.stringify(figures));
