/** What can be sent, and the truth about what was. Over fixtures. */
import { expect, test } from "@playwright/test";
import { reports } from "./fixtures/reports";
import { sentKinds } from "./fixtures/sent";
import { serveFixtures } from "./fixtures/server";
import { box, bubble, isAccessible, openDesk, shot } from "./fixtures/writing";

test.describe("what can be sent", () => {
  const photo = { name: "foto.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(2_000, 1) };

  test("a file with a caption; what WhatsApp would refuse is refused before", async ({ page }) => {
    const server = await openDesk(page);
    let uploads = 0;
    await page.route(/\/api\/media\?kind=image$/, (route) => {
      uploads += 1;
      return uploads === 1
        ? route.abort("connectionreset")
        : route.fulfill({
            status: 201,
            json: { id: "f1", kind: "image", mime_type: "image/jpeg", size: 2_000, filename: "foto.jpg" },
          });
    });
    const input = page.locator("input[type=file]");
    await input.setInputFiles({ ...photo, name: "todo.zip", mimeType: "application/zip" });
    await expect(page.getByText(/todo.zip no se puede enviar por WhatsApp/)).toBeVisible();
    await input.setInputFiles({
      ...photo,
      name: "enorme.png",
      mimeType: "image/png",
      buffer: Buffer.alloc(5_300_000),
    });
    await expect(page.getByText(/enorme.png es demasiado grande/)).toBeVisible();
    await shot(page, "refused");
    expect(uploads).toBe(0);
    await input.setInputFiles(photo);
    await expect(page.getByText(/foto.jpg no se pudo cargar/)).toBeVisible();
    await page.getByRole("button", { name: "Reintentar" }).click();
    await expect(page.getByRole("button", { name: "Quitar foto.jpg" })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("button", { name: "Quitar foto.jpg" })).toBeVisible();
    await box(page).fill("Así queda");
    await isAccessible(page);
    await shot(page, "attached");
    await box(page).press("Enter");
    await expect.poll(() => server.stored.length).toBe(1);
    expect(server.stored[0]?.body).toEqual({ type: "image", image: { id: "f1", caption: "Así queda" } });
    await expect(page.getByRole("button", { name: "Quitar foto.jpg" })).toBeHidden();
  });

  test("an answer to a certain message, and a reaction, by keyboard", async ({ page }) => {
    const server = await openDesk(page);
    const asked = bubble(page, "¿Tienen turno mañana a las 10?");
    await asked.getByRole("button", { name: "Acciones del mensaje" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "Responder" })).toBeFocused();
    await shot(page, "actions");
    await isAccessible(page, { menu: true });
    await page.keyboard.press("Enter");
    await expect(page.getByText("Responde a: ¿Tienen turno mañana a las 10?")).toBeVisible();
    await expect(box(page)).toBeFocused();
    await page.keyboard.type("Sí");
    await shot(page, "quote");
    await page.keyboard.press("Enter");
    await expect.poll(() => server.stored.length).toBe(1);
    expect(server.stored[0]?.body).toMatchObject({
      text: { body: "Sí" },
      context: { message_id: expect.any(String) },
    });
    await asked.getByRole("button", { name: "Acciones del mensaje" }).click();
    await page.getByRole("menuitem", { name: "Reaccionar con 👍" }).click();
    await expect.poll(() => server.stored.length).toBe(2);
    expect(server.stored[1]?.body).toMatchObject({ type: "reaction", reaction: { emoji: "👍" } });
  });

  test("a message for later, in the company's time", async ({ page }) => {
    const server = await openDesk(page);
    await box(page).fill("Buenos días, lo esperamos");
    await page.getByRole("button", { name: "Programar el envío" }).click();
    const when = page.getByLabel("Fecha y hora");
    await when.fill("2020-01-01T10:00");
    await expect(page.getByText("Elegir una hora futura, dentro de un año.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Usar esta hora" })).toBeDisabled();
    const later = new Date(Date.now() + 40 * 3_600_000);
    // La Paz is four hours behind UTC all year.
    const local = new Date(later.getTime() - 4 * 3_600_000).toISOString().slice(0, 16);
    await when.fill(local);
    await expect(page.getByText(/la ventana de 24 horas estará cerrada/)).toBeVisible();
    await isAccessible(page);
    await shot(page, "schedule");
    await page.getByRole("button", { name: "Usar esta hora" }).click();
    await expect(page.getByText(/^Se enviará:/)).toBeVisible();
    await shot(page, "scheduled");
    await page.getByRole("button", { name: "Programar", exact: true }).click();
    await expect.poll(() => server.stored.length).toBe(1);
    expect(server.stored[0]?.body.send_at).toBe(`${later.toISOString().slice(0, 16)}:00.000Z`);
    await expect(bubble(page, "Buenos días, lo esperamos").getByText(/^Programado:/)).toBeVisible();
  });

  test("a template once the window has closed", async ({ page }) => {
    const server = await openDesk(page, "/inbox/v9?status=any");
    await page.getByRole("button", { name: "Enviar plantilla" }).click();
    const dialog = page.getByRole("dialog", { name: "Enviar plantilla" });
    await dialog.getByLabel("Nombre de la plantilla").fill("recordatorio_turno");
    await page.keyboard.press("Enter");
    await expect(dialog).toBeHidden();
    await expect.poll(() => server.stored.length).toBe(1);
    expect(server.stored[0]?.body).toEqual({
      type: "template",
      template: { name: "recordatorio_turno", language: { code: "es" } },
    });
  });

  test("and the customer sees that somebody writes, now and then", async ({ page }) => {
    await openDesk(page);
    let told = 0;
    await page.route(/\/api\/conversations\/v0\/typing$/, (route) => {
      told += 1;
      return route.fulfill({ status: 202 });
    });
    await box(page).pressSequentially("Un momento, por favor");
    await expect.poll(() => told).toBe(1);
  });
});

test.describe("the truth about a message", () => {
  test("what is not confirmed is sent again only by somebody who knows", async ({ page }) => {
    await openDesk(page, "/inbox/v1");
    const retried: string[] = [];
    await page.route(/\/messages\/\w+\/retry$/, (route) => {
      retried.push(route.request().url());
      return route.fulfill({ status: 409, json: { code: "not_failed", status: 409 } });
    });
    await bubble(page, "¿Puede pasar mañana?").getByRole("button", { name: "Enviar de todos modos" }).click();
    const dialog = page.getByRole("dialog", { name: "¿Enviarlo otra vez?" });
    await expect(dialog.getByText(/podría verlo dos veces/)).toBeVisible();
    await isAccessible(page);
    await shot(page, "anyway");
    await dialog.getByRole("button", { name: "Cancelar" }).click();
    expect(retried).toEqual([]);
    await bubble(page, "¿Puede pasar mañana?").getByRole("button", { name: "Enviar de todos modos" }).click();
    await dialog.getByRole("button", { name: "Enviar de todos modos" }).click();
    await expect.poll(() => retried.length).toBe(1);
  });

  test("sending again is offered only where it helps", async ({ page }) => {
    await openDesk(page, "/inbox/v1");
    const never = bubble(page, "Le paso la dirección por aquí.");
    await expect(never.getByText("WhatsApp no pudo entregarlo.")).toBeVisible();
    await expect(never.getByRole("button", { name: "Reintentar" })).toHaveCount(0);
    await never.getByText("Detalles").click();
    await expect(never.getByText("131026")).toBeVisible();
    await expect(
      bubble(page, "¿Pudo ver el presupuesto?").getByRole("button", { name: "Reintentar" }),
    ).toBeVisible();
  });

  test("what waits can be called off, and then says so quietly", async ({ page }) => {
    await openDesk(page, "/inbox/v1");
    const scheduled = bubble(page, "Buenos días, lo esperamos hoy.");
    await page.route(/\/messages\/\w+\/cancel$/, async (route) => {
      const id = /messages\/(\w+)\/cancel/.exec(route.request().url())?.[1] ?? "";
      const known = sentKinds.find((message) => message.id === id);
      const error = { code: "cancelled", title: "cancelled", detail: null, advice: "retry" };
      return route.fulfill({ json: { ...known, status: "failed", error } });
    });
    await scheduled.getByRole("button", { name: "Cancelar" }).click();
    await expect(scheduled.getByText("Cancelado: no se envió.")).toBeVisible();
    await expect(scheduled.getByRole("img", { name: "Cancelado" })).toBeVisible();
  });

  test("messages of a paused line wait and say so, and the composer says why", async ({ page }) => {
    const server = await openDesk(page, "/inbox/v2");
    await expect(page.getByText(/En espera: la línea Ventas está en pausa. El token venció/)).toBeVisible();
    await box(page).fill("Queda en espera");
    await box(page).press("Enter");
    await expect.poll(() => server.stored.length).toBe(1);
    await expect(bubble(page, "Queda en espera").getByText("En espera: la línea está en pausa")).toBeVisible({
      timeout: 20_000,
    });
    await expect(bubble(page, "Queda en espera").getByRole("button", { name: "Cancelar" })).toBeVisible();
  });
});

test("the platform checks a line and subscribes its account", async ({ page }) => {
  await serveFixtures(page, "platform");
  const asked: string[] = [];
  await page.route(/\/health\/(check|subscribe)$/, async (route) => {
    asked.push(/\w+$/.exec(route.request().url())?.[0] ?? "");
    return route.fulfill({ json: { ...reports["c1"], channel_id: "c2", state: "ok", problems: [] } });
  });
  await page.goto("/superadmin/tenants/t1?tab=lines");
  await page.getByRole("button", { name: "Estado de Ventas" }).click();
  const report = page.getByRole("region", { name: "Informe de Ventas" });
  await expect(report.getByText("Session has expired", { exact: false })).toBeVisible();
  await report.getByRole("button", { name: "Suscribir la app" }).click();
  await expect(report.getByText("Ningún problema.")).toBeVisible();
  await expect(report.getByRole("button", { name: "Suscribir la app" })).toHaveCount(0);
  await report.getByRole("button", { name: "Revisar ahora" }).click();
  await expect.poll(() => asked).toEqual(["subscribe", "check"]);
});
