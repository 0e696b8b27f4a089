/** Being told while the desk is closed: the worker's part, and how one asks for it. The push service is the browser's. */
import { expect, type Page, test } from "@playwright/test";
import { serveFixtures } from "./fixtures/server";

test.use({ serviceWorkers: "allow" });

const ENDPOINT = "https://push.example/send/1";

/** The browser asks its push service, which no test can reach: what it would say is said here. */
async function withPushService(page: Page): Promise<void> {
  await page.addInitScript((endpoint) => {
    let known: object | null = null;
    Object.assign(PushManager.prototype, {
      getSubscription: async () => known,
      subscribe: async (options: { applicationServerKey: ArrayBuffer }) => {
        known = {
          endpoint,
          options,
          toJSON: () => ({ endpoint, keys: { p256dh: "BPoint", auth: "secret" } }),
          unsubscribe: async () => {
            known = null;
            return true;
          },
        };
        return known;
      },
    });
  }, ENDPOINT);
}

async function settings(page: Page): Promise<void> {
  await page.getByRole("button", { name: "2 avisos sin ver" }).click();
  await page.getByRole("button", { name: "Cómo avisar en este equipo" }).click();
}

test("whoever wants to be told while the desk is closed says so, and is silent when he leaves", async ({
  page,
  context,
}) => {
  await context.grantPermissions(["notifications"]);
  await withPushService(page);
  await serveFixtures(page, "tenant");
  await page.route(/\/api\/push/, (route) =>
    route.request().method() === "GET"
      ? route.fulfill({ json: { public_key: "BAAA" } })
      : route.fulfill({ status: 204 }),
  );
  await page.route(/\/api\/auth\/logout/, (route) => route.fulfill({ status: 204 }));
  await page.goto("/inbox");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await settings(page);
  const posted = (path: string) =>
    page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith(path));
  const asked = posted("/api/push/subscriptions");
  await page.getByRole("checkbox", { name: "Avisos del sistema" }).check();
  const subscription = { endpoint: ENDPOINT, keys: { p256dh: "BPoint", auth: "secret" } };
  expect((await asked).postDataJSON()).toEqual({ ...subscription, whose: "mine" });
  const changed = posted("/api/push/subscriptions");
  await page.getByRole("combobox", { name: "Mensajes de clientes" }).selectOption("all");
  expect((await changed).postDataJSON()).toEqual({ ...subscription, whose: "all" });

  await page.keyboard.press("Escape");
  const silent = posted("/api/push/subscriptions/remove");
  await page.getByRole("button", { name: "Perfil y preferencias" }).click();
  await page.getByRole("menuitem", { name: "Cerrar sesión" }).click();
  expect((await silent).postDataJSON()).toEqual({ endpoint: ENDPOINT });
  await expect(page.getByRole("button", { name: "Entrar", exact: true })).toBeVisible();
});

test("the worker shows what it is told, and a click leads there", async ({ page, context, baseURL }) => {
  await context.grantPermissions(["notifications"], { origin: baseURL ?? "" });
  await serveFixtures(page, "tenant");
  await page.goto("/inbox");
  await page.evaluate(() => navigator.serviceWorker.ready);
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  const shown = () =>
    worker.evaluate(async () => {
      const { registration } = globalThis as unknown as ServiceWorkerGlobalScope;
      const all = await registration.getNotifications();
      return all.map(({ title, body, tag }) => ({ title, body, tag }));
    });

  // The desk is closed: another page of the browser is what is left.
  const elsewhere = await context.newPage();
  const devtools = await context.newCDPSession(elsewhere);
  const registered = new Promise<string>((resolve) => {
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [one] = registrations;
      if (one) resolve(one.registrationId);
    });
  });
  await devtools.send("ServiceWorker.enable");
  await page.close();
  const push = async (told: object) =>
    devtools.send("ServiceWorker.deliverPushMessage", {
      origin: baseURL ?? "",
      registrationId: await registered,
      data: JSON.stringify(told),
    });
  const at = { conversation_id: "v1", message_id: "m2", contact: "Luis Alberto" };
  await push({ ...at, kind: "message", text: "¿Sigue ahí?" });
  await expect.poll(shown).toEqual([{ title: "Luis Alberto", body: "¿Sigue ahí?", tag: "/inbox/v1" }]);
  await push({ ...at, kind: "mention", text: "@Ana mira" });
  await expect
    .poll(shown)
    .toEqual([{ title: "Mención en una nota: Luis Alberto", body: "@Ana mira", tag: "/inbox/v1" }]);

  const desk = await context.newPage();
  await serveFixtures(desk, "tenant");
  await desk.goto("/inbox");
  await expect(desk.getByRole("list", { name: "Conversaciones" })).toBeVisible();
  await worker.evaluate(async () => {
    const scope = globalThis as unknown as ServiceWorkerGlobalScope;
    const [notification] = await scope.registration.getNotifications();
    if (notification) scope.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  });
  await expect(desk).toHaveURL(/\/inbox\/v1\?at=m2/);
  await expect.poll(shown).toEqual([]);
});
