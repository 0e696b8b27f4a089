/** The thread itself: what was sent together, what is new, and a very long one, over fixtures. */
import { expect, type Page, test } from "@playwright/test";
import * as data from "./fixtures/data";
import { check } from "./fixtures/looking";
import { serveFixtures } from "./fixtures/server";

type Message = (typeof data.messages)[number];

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const MANY = 50_000;
const PAGE = 50;

const log = (page: Page) => page.getByRole("log", { name: "Mensajes" });

/** A thread of another conversation than those that the fixtures have. */
async function serveThread(page: Page, thread: Message[], unread = 0): Promise<void> {
  const conversation = data.conversations[0];
  await page.route(/\/api\/conversations\/v9$/, (route) =>
    route.fulfill({ json: { ...conversation, id: "v9", unread_count: unread } }),
  );
  await page.route(/\/api\/conversations\/v9\/messages/, (route) => {
    const asked = new URL(route.request().url()).searchParams;
    if (asked.has("after"))
      return route.fulfill({ json: { items: [], next_cursor: null, previous_cursor: null } });
    const newest = [...thread].reverse();
    const around = asked.get("around");
    const start = around
      ? Math.max(0, newest.findIndex(({ id }) => id === around) - PAGE / 2)
      : Number(asked.get("cursor") ?? asked.get("newer") ?? 0);
    const items = newest.slice(start, start + PAGE);
    const end = start + items.length;
    const next = end < newest.length ? `${end}` : null;
    const previous = (around || asked.has("newer")) && start > 0 ? `${Math.max(0, start - PAGE)}` : null;
    return route.fulfill({ json: { items, next_cursor: next, previous_cursor: previous } });
  });
}

function many(count: number): Message[] {
  const [first] = data.messages;
  const begun = Date.now() - count * 60_000;
  return Array.from({ length: count }, (_, index) => ({
    ...(first as Message),
    id: `n${String(index).padStart(6, "0")}`,
    wamid: `wamid.n${index}`,
    conversation_id: "v9",
    // Not all of one height.
    text: index % 7 === 0 ? `Mensaje ${index}: ${"con más palabras ".repeat(12)}` : `Mensaje ${index}`,
    created_at: new Date(begun + index * 60_000).toISOString(),
  }));
}

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`in a thread of fifty thousand nothing jumps, and few are held (${size})`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await serveFixtures(page, "tenant");
    await serveThread(page, many(MANY));
    await page.goto("/inbox/v9");
    await expect(log(page).getByText(`Mensaje ${MANY - 1}`, { exact: true })).toBeInViewport();
    // Where the first row under the eye stands, before and after a page comes in above it.
    const place = (id?: string) =>
      log(page).evaluate((box, id) => {
        const edge = box.getBoundingClientRect().top;
        const rows = [...box.querySelectorAll<HTMLElement>("[data-message]")];
        const row = id
          ? rows.find((row) => row.dataset["message"] === id)
          : rows.find((row) => row.getBoundingClientRect().bottom > edge);
        return { id: row?.dataset["message"] ?? "", top: row ? row.getBoundingClientRect().top - edge : -1 };
      }, id);
    const oldest = () =>
      log(page).evaluate((box) => box.querySelector<HTMLElement>("[data-message]")?.dataset["message"]);
    for (let turn = 0; turn < 12; turn += 1) {
      const was = await oldest();
      await log(page).evaluate((box) => box.scrollTo({ top: 300 }));
      const before = await place();
      await expect.poll(oldest).not.toBe(was);
      const after = await place(before.id);
      expect(Math.abs(after.top - before.top), `page ${turn}`).toBeLessThanOrEqual(2);
    }
    const rows = await page.locator("[data-message]").count();
    expect(rows).toBeLessThanOrEqual(7 * PAGE);
    await page.getByRole("button", { name: "Ir al final" }).click();
    await expect(log(page).getByText(`Mensaje ${MANY - 1}`, { exact: true })).toBeInViewport();
  });

  test(`pictures sent together are an album, and what is new has a line above it (${size})`, async ({
    page,
  }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: size === "phone" ? "dark" : "light" });
    await serveFixtures(page, "tenant");
    const picture = data.messages.find(({ type, media }) => type === "image" && media?.state === "stored");
    if (!picture) throw new Error("no picture among the fixtures");
    const at = Date.now() - 20 * 60_000;
    const album = Array.from({ length: 6 }, (_, index) => ({
      ...picture,
      id: `${picture.id}`.replace(/.$/, `${index}`),
      wamid: `wamid.album${index}`,
      text: null,
      context: null,
      created_at: new Date(at + index * 5_000).toISOString(),
    }));
    const news = many(3).map((message, index) => ({
      ...message,
      id: `new${index}`,
      text: `Nuevo ${index}`,
      created_at: new Date(at + 600_000 + index * 60_000).toISOString(),
    }));
    await page.route(/\/api\/messages\/.*\/media/, (route) =>
      route.fulfill({ path: "../simulator/samples/photo.jpg", contentType: "image/jpeg" }),
    );
    await serveThread(page, [...album, ...news], 3);
    await page.goto("/inbox/v9");
    const grid = log(page).getByRole("article", { name: /^6 imágenes/ });
    await expect(grid.getByRole("button", { name: /^Ampliar/ })).toHaveCount(4);
    await expect(grid.getByText("+2")).toBeVisible();
    await expect(log(page).getByText("3 mensajes nuevos")).toBeVisible();
    await check(page, `album-${size}`);
    await grid.getByRole("button", { name: /imagen 4 de 6/ }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText("4 / 6")).toBeVisible();
    await page.keyboard.press("ArrowRight");
    await expect(dialog.getByText("5 / 6")).toBeVisible();
    await page.screenshot({ path: `test-results/look/gallery-${size}.png` });
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  });
}

test("what comes while somebody reads further up moves nothing and draws no line", async ({ page }) => {
  const desk = await serveFixtures(page, "tenant");
  let unread = 0;
  const [conversation] = data.conversations;
  await page.route(/\/api\/conversations\/v0$/, (route) =>
    route.fulfill({ json: { ...conversation, unread_count: unread } }),
  );
  await page.goto("/inbox/v0");
  await expect(log(page).getByText("¿Tienen turno mañana a las 10?")).toBeInViewport();
  await log(page).evaluate((box) => box.scrollTo({ top: 100 }));
  const place = () => log(page).evaluate((box) => box.scrollTop);
  const before = await place();
  unread = 1;
  desk.arrive("¿Siguen ahí?");
  await expect(page.getByRole("button", { name: "1 mensaje nuevo" })).toBeVisible();
  expect(await place()).toBe(before);
  await expect(page.locator("[data-unread]")).toHaveCount(0);
});

test("more than fits is begun at the line above what is new, in the middle of them", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await serveThread(page, many(60), 40);
  await page.goto("/inbox/v9");
  await expect(page.locator("[data-unread]")).toBeInViewport();
  await expect(log(page).getByText("Mensaje 20", { exact: true })).toBeInViewport();
  await expect(log(page).getByText("Mensaje 59", { exact: true })).not.toBeInViewport();
});

test("from far up the way down comes back to the end without a jump", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await serveThread(page, many(600));
  await page.goto("/inbox/v9");
  const rows = () =>
    log(page).evaluate((box) =>
      [...box.querySelectorAll<HTMLElement>("[data-message]")].map((row) => row.dataset["message"]),
    );
  await expect(log(page).getByText("Mensaje 599", { exact: true })).toBeInViewport();
  while ((await rows())[0] !== "n000000") {
    const first = (await rows())[0];
    await log(page).evaluate((box) => box.scrollTo({ top: 100 }));
    await expect.poll(async () => (await rows())[0]).not.toBe(first);
  }
  while ((await rows()).at(-1) !== "n000599") {
    const last = (await rows()).at(-1);
    await log(page).evaluate((box) => box.scrollTo({ top: box.scrollHeight - box.clientHeight - 200 }));
    await expect.poll(async () => (await rows()).at(-1)).not.toBe(last);
  }
  const ids = await rows();
  // None is missing, none is there twice, and they are in their order.
  const numbers = ids.map((id) => Number(id?.slice(1)));
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
});

test("the menu of a message of ours tells how far it came, and when", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const at = "2026-03-01T14:0";
  const [first] = data.messages;
  const ours: Message = {
    ...(first as Message),
    id: "o1",
    wamid: "wamid.o1",
    conversation_id: "v9",
    direction: "out",
    status: "read",
    text: "Le esperamos mañana",
    author: { kind: "agent", id: "u1", name: "Ana Quiroga" },
    status_at: { queued: `${at}0:00Z`, sent: `${at}1:00Z`, delivered: `${at}2:00Z`, read: `${at}5:00Z` },
    created_at: `${at}0:00Z`,
  };
  await serveThread(page, [ours]);
  await page.goto("/inbox/v9");
  const bubble = page.getByRole("article").filter({ hasText: "Le esperamos mañana" });
  await bubble.getByRole("button", { name: "Acciones del mensaje" }).press("Enter");
  // The company's clock, not the reader's.
  const delivered = page.getByRole("menuitem", { name: /Entregado.*1 mar 2026, 10:02/ });
  await expect(page.getByRole("menuitem", { name: /Enviado.*10:01/ })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: /Leído.*10:05/ })).toBeVisible();
  await delivered.press("Enter");
  await expect(delivered).toBeVisible();
  await page.screenshot({ path: "test-results/look/message-times.png" });
});
