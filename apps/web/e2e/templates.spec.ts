/** Choosing a template, filling it in and seeing it as the customer will; over fixtures. */
import { expect, type Page, test } from "@playwright/test";
import * as data from "./fixtures/data";
import { check } from "./fixtures/looking";
import { serveFixtures } from "./fixtures/server";

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

const TEMPLATES = [
  {
    name: "carrusel",
    language: "es",
    category: "MARKETING",
    parameter_format: null,
    components: [
      { type: "BODY", text: "Novedades" },
      { type: "CAROUSEL", cards: [] },
    ],
  },
  {
    name: "recordatorio_de_cita",
    language: "es",
    category: "UTILITY",
    parameter_format: "POSITIONAL",
    components: [
      { type: "HEADER", format: "TEXT", text: "Recordatorio" },
      { type: "BODY", text: "Hola {{1}}, te esperamos el {{2}}." },
      { type: "FOOTER", text: "Responde NO para cancelar" },
      { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Confirmar" }] },
    ],
  },
];

async function open(page: Page): Promise<void> {
  await serveFixtures(page, "tenant");
  const closed = { ...data.conversations[0], window_expires_at: data.ago(60) };
  await page.route(/\/api\/conversations\/v0$/, (route) => route.fulfill({ json: closed }));
  await page.route(/\/api\/channels\/\w+\/templates$/, (route) =>
    route.fulfill({ json: { items: TEMPLATES } }),
  );
  await page.goto("/inbox/v0");
  await page.getByRole("button", { name: "Enviar plantilla" }).click();
}

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`a template is chosen by its words, filled in and sent (${size})`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await open(page);
    const dialog = page.getByRole("dialog", { name: "Enviar plantilla" });
    await expect(dialog.getByText("Pide más que textos", { exact: false })).toBeVisible();
    await check(page, `template-choice-${size}`);
    await dialog.getByRole("combobox").fill("esperamos");
    await page.keyboard.press("Enter");
    const preview = dialog.getByRole("region", { name: "Así la verá el cliente" });
    await expect(preview).toContainText("Hola {{1}}, te esperamos el {{2}}.");
    await expect(dialog.getByRole("button", { name: "Enviar" })).toBeDisabled();
    await dialog.getByLabel("Variable 1").fill("Ana");
    await dialog.getByLabel("Variable 2").fill("lunes 7");
    await expect(preview).toContainText("Hola Ana, te esperamos el lunes 7.");
    await check(page, `template-filled-${size}`);
    const sent = page.waitForRequest(
      (request) => request.method() === "POST" && request.url().endsWith("/messages"),
    );
    await dialog.getByRole("button", { name: "Enviar" }).click();
    expect((await sent).postDataJSON()).toEqual({
      type: "template",
      template: {
        name: "recordatorio_de_cita",
        language: { code: "es" },
        components: [
          {
            type: "body",
            parameters: [
              { type: "text", text: "Ana" },
              { type: "text", text: "lunes 7" },
            ],
          },
        ],
      },
    });
  });
}

test("one that is not in the list is written by its name", async ({ page }) => {
  await open(page);
  const dialog = page.getByRole("dialog", { name: "Enviar plantilla" });
  await dialog.getByRole("button", { name: "Escribir el nombre de otra plantilla" }).click();
  await dialog.getByLabel("Nombre de la plantilla").fill("otra");
  await expect(dialog.getByRole("button", { name: "Enviar" })).toBeEnabled();
  await dialog.getByRole("button", { name: "Elegir de la lista" }).click();
  await expect(dialog.getByRole("combobox")).toBeVisible();
});
