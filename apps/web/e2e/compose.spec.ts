/** What an answer is made of besides words, over fixtures. */
import { expect, type Page, type Request, test } from "@playwright/test";
import { check, SIZES, THEMES } from "./fixtures/looking";
import { serveFixtures } from "./fixtures/server";

const BOX = "Mensaje para el contacto";
const tool = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

async function open(page: Page): Promise<void> {
  await serveFixtures(page, "tenant");
  let uploads = 0;
  await page.route(/\/api\/media\?/, (route) => {
    uploads += 1;
    return route.fulfill({ status: 201, json: { id: `f${uploads}` } });
  });
  await page.goto("/inbox/v0");
  await expect(page.getByRole("log", { name: "Mensajes" })).toBeVisible();
}

/** The bodies of what is sent from here on, in their order. */
function sent(page: Page): unknown[] {
  const bodies: unknown[] = [];
  page.on("request", (request: Request) => {
    if (request.method() === "POST" && request.url().endsWith("/messages"))
      bodies.push(request.postDataJSON());
  });
  return bodies;
}

async function beside(page: Page, what: string): Promise<void> {
  await tool(page, "Más herramientas").click();
  await page.getByRole("menuitem", { name: what }).click();
}

const picture = "../simulator/samples/photo.jpg";
const paper = "../simulator/samples/invoice.pdf";

test("several files go together, each a message, with the words on the first", async ({ page }) => {
  await open(page);
  await page.locator("input[type=file]").setInputFiles([picture, paper]);
  await expect(page.getByRole("button", { name: "Quitar invoice.pdf" })).toBeVisible();
  await expect(page.locator("section[aria-label=Escribir] img")).toBeVisible();
  await page.getByRole("textbox", { name: BOX }).fill("La placa y la factura");
  await check(page, "compose-files");
  const bodies = sent(page);
  await page.getByRole("button", { name: "Enviar", exact: true }).click();
  await expect
    .poll(() => bodies)
    .toEqual([
      { type: "image", image: { id: "f1", caption: "La placa y la factura" } },
      { type: "document", document: { id: "f2", filename: "invoice.pdf" } },
    ]);
});

test("what is dropped on the desk goes to the message, and no more than ten", async ({ page }) => {
  await open(page);
  const many = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    for (let n = 1; n <= 11; n += 1) {
      transfer.items.add(new File([`${n}`], `nota-${n}.txt`, { type: "text/plain" }));
    }
    return transfer;
  });
  const log = page.getByRole("log", { name: "Mensajes" });
  await log.dispatchEvent("dragover", { dataTransfer: many });
  await expect(page.getByText("Soltar aquí para adjuntar")).toBeVisible();
  await check(page, "compose-drop");
  await log.dispatchEvent("drop", { dataTransfer: many });
  await expect(page.getByText("Soltar aquí para adjuntar")).toBeHidden();
  await expect(page.getByRole("button", { name: /^Quitar nota-/ })).toHaveCount(10);
  await expect(page.getByRole("alert").filter({ hasText: "nota-11.txt no se adjuntó" })).toBeVisible();
  await check(page, "compose-many");
});

test("an emoji goes where the caret is, found by its name", async ({ page }) => {
  await open(page);
  const box = page.getByRole("textbox", { name: BOX });
  await box.fill("Hola gracias");
  await box.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(4, 4));
  await tool(page, "Emoji").click();
  await page.getByRole("textbox", { name: "Buscar un emoji" }).fill("corazon rojo");
  await expect(page.getByRole("button", { name: "corazón rojo", exact: true })).toBeVisible();
  await check(page, "compose-emoji");
  await page.keyboard.press("Enter");
  await expect(box).toHaveValue("Hola❤️ gracias");
  await expect(box).toBeFocused();
  await tool(page, "Emoji").click();
  await expect(page.getByRole("heading", { name: "Usados hace poco" })).toBeVisible();
});

test("a quick reply goes into the middle of a sentence, and a slash stays one", async ({ page }) => {
  await open(page);
  await page.route(/\/api\/quick-replies\/[^/]+\/use$/, (route) =>
    route.fulfill({ json: { text: "el horario es de 9 a 18" } }),
  );
  const box = page.getByRole("textbox", { name: BOX });
  await box.pressSequentially("Buenas, /");
  await expect(page.getByRole("combobox", { name: "Buscar en atajo, título o texto" })).toBeFocused();
  await expect(page.getByRole("option").first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(box).toHaveValue("Buenas, el horario es de 9 a 18");
  await box.fill("");
  await box.pressSequentially("hoy / mañana");
  await expect(box).toHaveValue("hoy / mañana");
});

test("a place goes out from a map's link", async ({ page }) => {
  await open(page);
  await beside(page, "Ubicación");
  const dialog = page.getByRole("dialog", { name: "Ubicación" });
  await dialog.getByLabel("Punto en el mapa").fill("al lado del parque");
  await expect(dialog.getByText("Aquí no hay ningún punto", { exact: false })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Enviar", exact: true })).toBeDisabled();
  await dialog.getByLabel("Punto en el mapa").fill("https://www.google.com/maps/@-16.51,-68.13,17z");
  await dialog.getByLabel("Nombre (opcional)").fill("Consultorio");
  await check(page, "compose-location");
  const bodies = sent(page);
  await dialog.getByRole("button", { name: "Enviar", exact: true }).click();
  await expect
    .poll(() => bodies)
    .toEqual([{ type: "location", location: { latitude: -16.51, longitude: -68.13, name: "Consultorio" } }]);
  await expect(dialog).toBeHidden();
});

test("a contact card wants a whole number", async ({ page }) => {
  await open(page);
  await beside(page, "Tarjeta de contacto");
  const dialog = page.getByRole("dialog", { name: "Tarjeta de contacto" });
  await dialog.getByLabel("Nombre").fill("Ana Rojas");
  await dialog.getByLabel("Teléfono").fill("123");
  await dialog.getByRole("button", { name: "Enviar", exact: true }).click();
  await expect(dialog.getByText("Escribir el número completo", { exact: false })).toBeVisible();
  await check(page, "compose-card");
  await dialog.getByLabel("Teléfono").fill("+591 7000-0001");
  const bodies = sent(page);
  await dialog.getByRole("button", { name: "Enviar", exact: true }).click();
  await expect.poll(() => bodies).toHaveLength(1);
  expect(bodies[0]).toMatchObject({ contacts: [{ phones: [{ wa_id: "59170000001" }] }] });
});

for (const { name: size, ...viewport } of SIZES.filter(({ name }) => name !== "tablet")) {
  for (const theme of THEMES) {
    test(`buttons and lists are built as the customer will see them (${size}, ${theme})`, async ({
      page,
    }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await open(page);
      await beside(page, "Botones o lista");
      const dialog = page.getByRole("dialog", { name: "Botones o lista" });
      await dialog.getByRole("button", { name: "Enviar", exact: true }).click();
      await expect(dialog.getByText("Falta el texto.")).toBeVisible();
      await dialog.getByLabel("Texto", { exact: true }).fill("¿Cuándo le queda mejor?");
      await dialog.getByLabel("Opción 1", { exact: true }).fill("Mañana");
      await dialog.getByLabel("Opción 2", { exact: true }).fill("Mañana");
      await expect(dialog.getByText("Dos opciones dicen lo mismo.")).toBeVisible();
      await dialog.getByLabel("Opción 2", { exact: true }).fill("Tarde");
      await dialog.getByRole("radio", { name: "Lista (hasta 10)" }).check();
      await dialog.getByLabel("Descripción de la opción 2", { exact: false }).fill("De 14 a 18");
      await expect(dialog.getByRole("region", { name: "Así lo verá el cliente" })).toContainText(
        "De 14 a 18",
      );
      await check(page, `compose-offer-${size}-${theme}`);
      const bodies = sent(page);
      await dialog.getByRole("button", { name: "Enviar", exact: true }).click();
      await expect.poll(() => bodies).toHaveLength(1);
      expect(bodies[0]).toMatchObject({
        interactive: {
          type: "list",
          action: {
            button: "Ver opciones",
            sections: [
              {
                rows: [
                  { id: "option-1", title: "Mañana" },
                  { id: "option-2", title: "Tarde", description: "De 14 a 18" },
                ],
              },
            ],
          },
        },
      });
    });

    test(`the tools beside the words (${size}, ${theme})`, async ({ page, context }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await open(page);
      await context.setOffline(true);
      await expect(
        page.getByText("lo que se envíe ahora saldrá cuando vuelva", { exact: false }),
      ).toBeVisible();
      await check(page, `compose-offline-${size}-${theme}`);
      await tool(page, "Más herramientas").click();
      await expect(page.getByRole("menuitem", { name: "Ubicación" })).toBeInViewport({ ratio: 1 });
      await page.screenshot({ path: `test-results/look/compose-tools-${size}-${theme}.png` });
      await page.keyboard.press("Escape");
      await context.setOffline(false);
      await expect(page.getByText("lo que se envíe ahora saldrá", { exact: false })).toBeHidden();
    });
  }
}

test("whoever writes is told before the window closes", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await page.goto("/inbox/v1");
  await expect(page.getByText("La ventana se cierra en 1 h 3", { exact: false })).toBeVisible();
  await page.goto("/inbox/v0");
  await expect(page.getByRole("textbox", { name: BOX })).toBeVisible();
  await expect(page.getByText("La ventana se cierra en", { exact: false })).toBeHidden();
});

test("without a microphone it says so", async ({ page }) => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  await open(page);
  await tool(page, "Grabar un mensaje de voz").click();
  await expect(page.getByText("El navegador no permite usar el micrófono", { exact: false })).toBeVisible();
  await check(page, "compose-voice-denied");
});

test("a part that cannot be fetched costs itself and not the page, and comes when it is asked again", async ({
  page,
}) => {
  await open(page);
  let isGone = true;
  await page.route(/assets\/(emoji-picker|offer-dialog)/, (route) =>
    isGone ? route.abort() : route.continue(),
  );
  await tool(page, "Emoji").click();
  const picker = page.getByRole("dialog", { name: "Emoji" });
  await expect(picker.getByRole("button", { name: "Reintentar" })).toBeVisible();
  await page.keyboard.press("Escape");
  await beside(page, "Botones o lista");
  await expect(page.getByText("No se pudo llegar al servidor", { exact: false }).first()).toBeVisible();
  await expect(page.getByRole("textbox", { name: BOX })).toBeVisible();

  isGone = false;
  await page.getByRole("textbox", { name: BOX }).fill("Lo que se escribía");
  await page.getByRole("button", { name: "Reintentar" }).click();
  await expect(page.getByText("No se pudo llegar al servidor", { exact: false })).toBeHidden();
  await expect(page.getByRole("textbox", { name: BOX })).toHaveValue("Lo que se escribía");
  await beside(page, "Botones o lista");
  await expect(page.getByRole("dialog", { name: "Botones o lista" })).toBeVisible();
  await page.keyboard.press("Escape");
  await tool(page, "Emoji").click();
  await expect(picker.getByRole("textbox", { name: "Buscar un emoji" })).toBeVisible();
});
