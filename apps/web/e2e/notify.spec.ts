/** What one is told of, how one hears of it, whom a note names, and what was done to a conversation; over fixtures. */
import { expect, type Page, test } from "@playwright/test";
import * as data from "./fixtures/data";
import { check } from "./fixtures/looking";
import { serveFixtures } from "./fixtures/server";

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const THEMES = ["light", "dark"] as const;

/** Counts what sounds and what the system shows, which no test can hear or see. */
async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard = { sounds: 0, told: [] as string[] };
    Object.assign(window, { heard });
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      heard.sounds += 1;
      start.call(this, when);
    };
    class Shown extends EventTarget {
      static permission: NotificationPermission = "default";
      static requestPermission = async () => {
        Shown.permission = "granted";
        return Shown.permission;
      };
      constructor(title: string) {
        super();
        heard.told.push(title);
      }
    }
    Object.assign(window, { Notification: Shown });
    // Whoever looks elsewhere.
    Object.assign(document, { hasFocus: () => !("away" in window) });
  });
}

const heard = (page: Page) =>
  page.evaluate(() => (window as unknown as { heard: { sounds: number; told: string[] } }).heard);

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const theme of THEMES) {
    test(`what one is told of (${size}, ${theme})`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await serveFixtures(page, "tenant");
      await page.goto("/inbox");
      await page.getByRole("button", { name: "2 avisos sin ver" }).click();
      const list = page.getByRole("dialog", { name: "Avisos" });
      await expect(list.getByText("Bruno Salas hizo una mención", { exact: false })).toBeVisible();
      await list.getByRole("button", { name: "Cómo avisar en este equipo" }).click();
      await expect(list.getByRole("checkbox", { name: "Sonido" })).toBeChecked();
      await expect(list).toBeInViewport({ ratio: 1 });
      await check(page, `notifications-${size}-${theme}`);
      const seen = page.waitForRequest((request) => request.url().endsWith("/api/notifications/seen"));
      await list.getByRole("button", { name: /hizo una mención/ }).click();
      expect((await seen).postDataJSON()).toEqual({ ids: ["no1"] });
      await expect(page).toHaveURL(/\/inbox\/v1\?at=m2/);
    });

    test(`what was done stands between what was said (${size}, ${theme})`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await serveFixtures(page, "tenant");
      await page.goto("/inbox/v0");
      const log = page.getByRole("log", { name: "Mensajes" });
      await expect(log.getByText("Ana Quiroga agregó: VIP")).toBeVisible();
      await expect(log.getByText("Bruno Salas la asignó a Ana Quiroga")).toBeAttached();
      await expect(log.getByText("Bruno Salas tomó la conversación")).toBeAttached();
      await expect(log.getByText("Terminó el tiempo pospuesto", { exact: false })).toBeAttached();
      const times = await log
        .locator("time[datetime]")
        .evaluateAll((all) =>
          all.filter((time) => !time.closest(".sticky")).map((time) => time.getAttribute("datetime") ?? ""),
        );
      expect(times).toEqual([...times].sort());
      await check(page, `thread-activity-${size}-${theme}`);
    });
  }
}

test("nothing of what one is told is an empty place with a word", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.route(/\/api\/notifications\?/, (route) =>
    route.fulfill({ json: { items: [], next_cursor: null, unread: 0, cap: 99 } }),
  );
  await page.goto("/inbox");
  await page.getByRole("button", { name: "Avisos" }).click();
  await expect(page.getByText("Aquí aparece cuando alguien del equipo", { exact: false })).toBeVisible();
  await check(page, "notifications-empty");
});

test("a note names somebody by the keyboard alone", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox/v0");
  await expect(page.getByRole("log", { name: "Mensajes" })).toBeVisible();
  await page.keyboard.press("n");
  const box = page.getByRole("textbox", { name: "Nota interna" });
  const other = data.users.find(({ id, is_active }) => id !== data.me.id && is_active !== false);
  const name = other?.name ?? "";
  await box.pressSequentially(`Mira @${name.slice(0, 3).toUpperCase()}`);
  await expect(page.getByRole("option", { name })).toHaveAttribute("aria-selected", "true");
  await check(page, "mention-desktop");
  await page.keyboard.press("Enter");
  await expect(box).toHaveValue(`Mira @${name} `);
  await box.pressSequentially("por favor");
  const sent = page.waitForRequest((request) => request.url().endsWith("/notes"));
  await page.keyboard.press("Enter");
  expect((await sent).postDataJSON()).toEqual({
    body: `Mira @${name} por favor`,
    mentions: [other?.id],
  });
  // What names nobody is a word like any other.
  await box.fill("");
  await box.pressSequentially("precio @ 20");
  await expect(page.getByRole("listbox")).toBeHidden();
  await box.pressSequentially(" @nadie");
  await expect(page.getByText("Nadie del equipo se llama así.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Nadie del equipo se llama así.")).toBeHidden();
  await expect(box).toBeFocused();
});

test("one hears what concerns one, and not what one is looking at", async ({ page }) => {
  await listen(page);
  const desk = await serveFixtures(page, "tenant");
  await page.goto("/inbox/v1");
  await page.getByRole("button", { name: "2 avisos sin ver" }).click();
  await page.getByRole("button", { name: "Cómo avisar en este equipo" }).click();
  await page.getByRole("checkbox", { name: "Avisos del sistema" }).check();
  await page.getByRole("button", { name: "Probar" }).click();
  await expect.poll(async () => (await heard(page)).sounds).toBe(2);
  await page.keyboard.press("Escape");
  expect((await heard(page)).told).toEqual([]);

  await page.evaluate(() => Object.assign(window, { away: true }));
  desk.tells({
    type: "event",
    seq: 50,
    event: "notification.created",
    conversation_id: "v1",
    message_id: "m2",
  });
  await expect
    .poll(async () => (await heard(page)).told)
    .toEqual(["Bruno Salas hizo una mención en la conversación con Carmen Suárez Montaño"]);
});

test("a conversation sleeps until whichever moment is chosen, by the keyboard", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.route(/\/api\/conversations\/v0$/, async (route) => {
    if (route.request().method() !== "PATCH") return route.fallback();
    const change = route.request().postDataJSON() as object;
    return route.fulfill({ json: { ...data.conversations[0], ...change } });
  });
  await page.goto("/inbox/v0");
  await expect(page.getByRole("button", { name: "Más estados" })).toBeVisible();
  await page.keyboard.press("s");
  await page.getByRole("menuitem", { name: "Elegir fecha y hora…" }).click();
  const dialog = page.getByRole("dialog", { name: "Posponer hasta" });
  await dialog.getByLabel("Fecha y hora").fill("2020-01-01T09:00");
  await expect(dialog.getByRole("button", { name: "Posponer" })).toBeDisabled();
  const year = new Date().getFullYear() + 1;
  const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  await dialog.getByLabel("Fecha y hora").fill(`${year}-12-31T23:00`);
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByLabel("Fecha y hora").fill(`${day}T09:30`);
  await check(page, "snooze-desktop");
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await dialog.getByRole("button", { name: "Posponer" }).click();
  expect((await sent).postDataJSON()).toEqual({
    status: "snoozed",
    // Nine thirty in La Paz.
    snoozed_until: `${day}T13:30:00.000Z`,
  });
});
