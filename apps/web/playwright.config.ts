/**
 * Browser tests: `look` draws fixtures, `stack` talks to a running product named by DEMO_JSON, and `first-day`
 * sets one up from nothing with the programs in PROGRAMS_DIR, as the runbook says.
 */
import { defineConfig } from "@playwright/test";

const PORT = process.env["PREVIEW_PORT"] ?? "4173";
const PREVIEW = `http://127.0.0.1:${PORT}`;
const stack = Boolean(process.env["DEMO_JSON"]);
const programs = Boolean(process.env["PROGRAMS_DIR"]);

export default defineConfig({
  testDir: "./e2e",
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env["CI"]),
  reporter: [["list"]],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    locale: "es-BO",
    timezoneId: "America/La_Paz",
    trace: "off",
    // What a worker answers no fixture sees; the application's own test lets it in.
    serviceWorkers: "block",
    launchOptions: {
      executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // A microphone that beeps, and nobody who has to be asked for it.
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
      ],
    },
  },
  projects: [
    {
      name: "look",
      testMatch:
        /(look|desk|list|operations|once|sending|settings|platform|people|profile|servers|visits|installed|thread|contact|notify|compose|push|templates)\.spec\.ts/,
      use: { baseURL: PREVIEW },
    },
    // Makes the pictures of the documentation, when it is asked for.
    ...(process.env["IMAGES"]
      ? [{ name: "images", testMatch: /images\.spec\.ts/, use: { baseURL: PREVIEW } }]
      : []),
    ...(stack
      ? [
          {
            name: "stack",
            testMatch:
              /(answer|many|superadmin|access|companies|team|together|drafts|customer|mention|tools)\.spec\.ts/,
          },
        ]
      : []),
    ...(programs ? [{ name: "first-day", testMatch: /first-day\.spec\.ts/ }] : []),
  ],
  webServer: {
    command: `npm run build && npx vite preview --host 127.0.0.1 --port ${PORT} --strictPort`,
    url: PREVIEW,
    reuseExistingServer: !process.env["CI"],
    timeout: 120_000,
  },
});
