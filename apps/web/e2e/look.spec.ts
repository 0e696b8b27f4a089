/** Draws every screen in all sizes and themes, and holds each against axe and the edge of the phone. */
import { expect, test } from "@playwright/test";
import { check, SIZES, THEMES } from "./fixtures/looking";
import { serveFixtures } from "./fixtures/server";

const SCREENS = [
  { name: "login", who: "nobody", path: "/login", ready: "Entrar" },
  { name: "inbox", who: "tenant", path: "/inbox", ready: "María José Ferrufino" },
  { name: "search", who: "tenant", path: "/inbox?q=turno", ready: "Mensajes" },
  { name: "thread", who: "tenant", path: "/inbox/v0", ready: "¿Le sirve a las 10?" },
  { name: "kinds", who: "tenant", path: "/inbox/v3", ready: "+59170002000" },
  { name: "sent", who: "tenant", path: "/inbox/v1", ready: "Ya está su radiografía." },
  { name: "paused", who: "tenant", path: "/inbox/v2", ready: "En espera: la línea Ventas" },
  {
    name: "closed",
    who: "tenant",
    path: "/inbox/v9?status=open,closed&tag=g1",
    ready: "Ventana cerrada hace",
  },
  { name: "users", who: "tenant", path: "/settings/users", ready: "Bruno Salazar" },
  { name: "roles", who: "tenant", path: "/settings/roles", ready: "Ver conversaciones" },
  { name: "profile", who: "tenant", path: "/profile", ready: "Esta sesión" },
  { name: "tags", who: "tenant", path: "/settings/tags", ready: "ortodoncia" },
  { name: "lines", who: "tenant", path: "/settings/lines", ready: "Ventas" },
  { name: "general", who: "tenant", path: "/settings/general", ready: "Feriados y días especiales" },
  { name: "branches", who: "tenant", path: "/settings/branches", ready: "Centro" },
  { name: "services", who: "tenant", path: "/settings/services", ready: "Limpieza dental" },
  { name: "quick-replies", who: "tenant", path: "/settings/quick-replies", ready: "Confirmar turno" },
  { name: "team-audit", who: "tenant", path: "/settings/audit", ready: "cambió los ajustes" },
  { name: "activity", who: "tenant", path: "/settings/activity", ready: "Plantillas: estado" },
  { name: "letters", who: "tenant", path: "/settings/dead-letters", ready: "no es un objeto" },
  { name: "letter", who: "tenant", path: "/settings/dead-letters?letter=l1", ready: "wamid.HBgL" },
  { name: "welcome", who: "marketing", path: "/", ready: "Campañas" },
  { name: "tenants", who: "platform", path: "/superadmin", ready: "Dental Sur" },
  { name: "overview", who: "platform", path: "/superadmin/tenants/t1", ready: "Puesta en marcha" },
  { name: "database", who: "platform", path: "/superadmin/tenants/t1?tab=database", ready: "db.interno" },
  {
    name: "platform-lines",
    who: "platform",
    path: "/superadmin/tenants/t1?tab=lines",
    ready: "Recepción Centro",
  },
  {
    name: "tenant-users",
    who: "platform",
    path: "/superadmin/tenants/t1?tab=users",
    ready: "Eva Rocha",
  },
  { name: "branding", who: "platform", path: "/superadmin/tenants/t1?tab=branding", ready: "Vista previa" },
  { name: "apps", who: "platform", path: "/superadmin/apps", ready: "App compartida" },
  { name: "odoo", who: "platform", path: "/superadmin/tenants/t1?tab=odoo", ready: "Funciona: Odoo 18.0" },
  {
    name: "tenant-audit",
    who: "platform",
    path: "/superadmin/tenants/t1?tab=audit",
    ready: "channel.updated",
  },
  { name: "people", who: "platform", path: "/superadmin/people", ready: "Rocío Camacho" },
  { name: "servers", who: "platform", path: "/superadmin/servers", ready: "Clientes grandes" },
  {
    name: "no-database",
    who: "platform",
    path: "/superadmin/tenants/t2?tab=database",
    ready: "Crear y conectar",
  },
  { name: "own-profile", who: "platform", path: "/profile", ready: "Quedan 2 códigos" },
  { name: "must-enrol", who: "platform-without", path: "/superadmin", ready: "ninguna otra página" },
  { name: "unrouted", who: "platform", path: "/superadmin/unrouted", ready: "+591 71111111" },
  { name: "audit", who: "platform", path: "/superadmin/audit", ready: "channel.updated" },
  { name: "spool", who: "platform", path: "/superadmin/spool?tenant=t1", ready: "La base no respondía" },
  { name: "fleet", who: "platform", path: "/superadmin/fleet", ready: "api-1" },
  { name: "visitor", who: "visitor", path: "/inbox/v0", ready: "solo mirar" },
  { name: "not-found", who: "tenant", path: "/nada", ready: "Esta página no existe" },
] as const;

/** A whole thread on one picture: as tall as it is. */
for (const theme of THEMES) {
  test(`every type of message ${theme}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 3200 });
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await serveFixtures(page, "tenant");
    await page.goto("/inbox/v3");
    await expect(page.getByText("Vi su anuncio")).toBeVisible();
    await expect(page.getByText("Perdón, me equivoqué de chat")).toBeHidden();
    await page.getByText("Ver lo que decía").click();
    await expect(page.getByText("Perdón, me equivoqué de chat")).toBeVisible();
    await check(page, `types-${theme}`);
  });
}

for (const theme of THEMES) {
  test(`everything we send ${theme}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 2600 });
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await serveFixtures(page, "tenant");
    await page.goto("/inbox/v1");
    await expect(page.getByText("recordatorio_turno")).toBeVisible();
    await page.getByText("Detalles", { exact: true }).first().click();
    await expect(page.getByText("WhatsApp dice: Message undeliverable")).toBeVisible();
    await check(page, `sent-types-${theme}`);
  });
}

for (const language of ["pt", "en"]) {
  test(`sending and lines in ${language}`, async ({ page }) => {
    await page.addInitScript((code) => localStorage.setItem("centralita.language", code), language);
    await page.setViewportSize({ width: 390, height: 1800 });
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await serveFixtures(page, "tenant");
    await page.goto("/inbox/v1");
    await expect(page.getByText("Ya está su radiografía.")).toBeVisible();
    await check(page, `sent-phone-${language}`);
    await page.goto("/settings/lines");
    await page
      .getByRole("button", { expanded: false })
      .filter({ hasText: /^(Estado|State)$/ })
      .last()
      .click();
    await expect(page.getByText("190", { exact: true })).toBeVisible();
    await check(page, `line-report-${language}`);
  });
}

for (const language of ["pt", "en"]) {
  for (const [who, path] of [
    ["tenant", "/settings/roles"],
    ["tenant", "/settings/users"],
    ["tenant", "/profile"],
    ["platform", "/superadmin/people"],
    ["platform", "/superadmin/servers"],
  ] as const) {
    test(`people in ${language}: ${path}`, async ({ page }) => {
      await page.addInitScript((code) => localStorage.setItem("centralita.language", code), language);
      await page.setViewportSize({ width: 390, height: 1600 });
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await serveFixtures(page, who);
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("status", { name: /Carregando|Loading/ })).toHaveCount(0);
      await check(page, `people${path.replaceAll("/", "-")}-${language}`);
    });
  }
}

for (const who of ["tenant", "platform"] as const) {
  for (const theme of THEMES) {
    test(`the report on a line for the ${who} ${theme}`, async ({ page }) => {
      await page.setViewportSize({ width: who === "tenant" ? 1440 : 390, height: 1500 });
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await serveFixtures(page, who);
      await page.goto(who === "tenant" ? "/settings/lines" : "/superadmin/tenants/t1?tab=lines");
      for (const name of ["Estado de Recepción Centro", "Estado de Ventas"]) {
        await page.getByRole("button", { name }).click();
      }
      await expect(page.getByText("vence:", { exact: false })).toBeVisible();
      await check(page, `line-report-${who}-${theme}`);
    });
  }
}

for (const theme of THEMES) {
  test(`a picture is enlarged by keyboard and closed again ${theme}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await serveFixtures(page, "tenant");
    await page.goto("/inbox/v0");
    const picture = page.getByRole("button", { name: "Ampliar: Así quedó el retenedor" });
    await picture.scrollIntoViewIfNeeded();
    await expect(page.getByLabel("Nota de voz", { exact: true })).toBeVisible();
    await check(page, `files-phone-${theme}`);
    await picture.focus();
    await page.keyboard.press("Enter");
    const shown = page.getByRole("dialog").getByRole("img");
    await expect(shown).toHaveJSProperty("naturalWidth", 960);
    await check(page, `picture-phone-${theme}`);
    await page.keyboard.press("Escape");
    await expect(picture).toBeFocused();
    const voice = page.getByRole("group", { name: "Nota de voz" });
    await voice.getByRole("button", { name: "Velocidad: 1×" }).click();
    await expect(voice.getByRole("button", { name: "Velocidad: 1.5×" })).toBeVisible();
    const position = voice.getByRole("slider", { name: "Posición" });
    await expect(position).toHaveAttribute("aria-valuetext", /^0:00 de 0:0[1-9]/);
    await position.press("ArrowRight");
    await expect(position).not.toHaveValue("0");
    await page.getByRole("button", { name: /^Ver el vídeo/ }).click();
    await expect(page.getByRole("dialog").locator("video")).toHaveAttribute("src", /^blob:/);
    await page.getByRole("button", { name: "Ver en la conversación" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: /^Descargar orden/ }).click();
    expect((await download).suggestedFilename()).toContain("radiografía");
    await expect(page.getByRole("button", { name: "Traer de nuevo" })).toBeVisible();
  });
}

for (const theme of THEMES) {
  for (const size of SIZES) {
    for (const screen of SCREENS) {
      test(`${screen.name} ${size.name} ${theme}`, async ({ page }) => {
        await page.setViewportSize({ width: size.width, height: size.height });
        await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
        await serveFixtures(page, screen.who);
        await page.goto(screen.path);
        await expect(page.getByText(screen.ready).filter({ visible: true }).first()).toBeVisible();
        await check(page, `${screen.name}-${size.name}-${theme}`);
      });
    }
  }
}
