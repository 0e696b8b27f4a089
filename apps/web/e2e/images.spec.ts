/** Pictures of the main screens for the documentation, in each language and theme: `npm run images`. */
import { type Page, test } from "@playwright/test";
import { THEMES } from "./fixtures/looking";
import { serveFixtures } from "./fixtures/server";

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

interface Screen {
  name: string;
  path: string;
  who: "tenant" | "platform" | "nobody";
  size: typeof DESK;
  /** What is done before the picture. */
  before?: (page: Page) => Promise<void>;
}

const SCREENS: Screen[] = [
  { name: "login", path: "/login", who: "nobody", size: DESK },
  { name: "inbox", path: "/inbox/v0", who: "tenant", size: DESK },
  { name: "types", path: "/inbox/v3", who: "tenant", size: DESK },
  { name: "search", path: "/inbox?q=turno", who: "tenant", size: DESK },
  {
    name: "notifications",
    path: "/inbox/v0",
    who: "tenant",
    size: DESK,
    before: async (page) => {
      await page.locator("nav button[aria-haspopup=dialog]").click();
      await page.getByRole("dialog").getByRole("listitem").first().waitFor();
    },
  },
  { name: "team", path: "/settings/users", who: "tenant", size: DESK },
  { name: "superadmin", path: "/superadmin/tenants/t1", who: "platform", size: DESK },
  { name: "phone-list", path: "/inbox", who: "tenant", size: PHONE },
  { name: "phone-thread", path: "/inbox/v0", who: "tenant", size: PHONE },
];

for (const language of ["es", "en", "pt"]) {
  for (const theme of THEMES) {
    for (const { name, path, who, size, before } of SCREENS) {
      test(`${name} ${language} ${theme}`, async ({ page }) => {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
        await page.addInitScript((code) => localStorage.setItem("centralita.language", code), language);
        await serveFixtures(page, who);
        await page.goto(path);
        await page.waitForLoadState("networkidle");
        await page.locator("h1,h2").first().waitFor({ state: "attached" });
        await before?.(page);
        await page.screenshot({
          path: `../../docs/images/${name}-${language}-${theme}.jpg`,
          type: "jpeg",
          quality: 72,
        });
      });
    }
  }
}
