/** The desk as an installed application: its manifest, and how it opens without a network. */
import { appendFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { preview } from "vite";

test.use({ serviceWorkers: "allow" });

async function kept(page: Page, at = ""): Promise<void> {
  await page.goto(`${at}/login`);
  await expect(page.getByRole("heading", { name: "Centralita" })).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe("activated");
}

test("it can be installed: the manifest names icons that are what it says", async ({ page }) => {
  await page.goto("/login");
  const href = await page.locator("link[rel=manifest]").getAttribute("href");
  const manifest = await (await page.request.get(href ?? "")).json();
  expect(manifest).toMatchObject({ name: "Centralita", display: "standalone", start_url: "/", scope: "/" });
  const sizes = await page.evaluate(async (icons: { src: string; sizes: string }[]) => {
    const read = async ({ src, sizes }: { src: string; sizes: string }) => {
      const picture = await createImageBitmap(await (await fetch(src)).blob());
      return { sizes, found: `${picture.width}x${picture.height}` };
    };
    return Promise.all(icons.map(read));
  }, manifest.icons);
  expect(sizes.length).toBeGreaterThan(2);
  for (const { sizes: wanted, found } of sizes) expect(found).toBe(wanted);
  expect(manifest.icons.some((icon: { purpose?: string }) => icon.purpose === "maskable")).toBe(true);
});

for (const [size, viewport] of Object.entries({
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
})) {
  test(`without a network it opens, says so, and goes on by itself (${size})`, async ({ page, context }) => {
    await page.setViewportSize(viewport);
    await kept(page);
    await page.evaluate(() => localStorage.setItem("centralita.session", "1"));
    await context.setOffline(true);
    await page.goto("/inbox/6a0d7d68-0000-7000-8000-000000000001");
    await expect(page.getByText("No se pudo llegar al servidor.", { exact: false })).toBeVisible();
    await page.screenshot({ path: `test-results/look/offline-${size}.png` });
    // The session has ended meanwhile: whoever is back signs in.
    await context.route("**/api/auth/refresh", (route) =>
      route.fulfill({ status: 401, json: { status: 401, code: "unauthenticated", title: "" } }),
    );
    await context.setOffline(false);
    await expect(page.getByRole("button", { name: "Entrar" })).toBeVisible();
  });
}

test("a new release is offered, and taken when asked", async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), "release-"));
  await cp("dist", folder, { recursive: true });
  const server = await preview({
    configFile: false,
    build: { outDir: folder },
    preview: { host: "127.0.0.1", port: 0 },
  });
  try {
    const at = (server.resolvedUrls?.local[0] ?? "").replace(/\/$/, "");
    await kept(page, at);
    await appendFile(join(folder, "sw.js"), "\n// the next release");
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    const offer = page.getByRole("button", { name: "Actualizar" });
    await expect(offer).toBeVisible();
    await page.screenshot({ path: "test-results/look/new-release.png" });
    const loaded = page.waitForEvent("load");
    await offer.click();
    await loaded;
    await expect(page.getByRole("heading", { name: "Centralita" })).toBeVisible();
    await expect(offer).toBeHidden();
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});
