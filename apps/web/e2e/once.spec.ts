/** Whatever happens on the way, what is sent once is one message. Over fixtures. */
import { expect, test } from "@playwright/test";
import { Outgoing } from "./fixtures/outgoing";
import { serveFixtures } from "./fixtures/server";
import { box, bubble, isAccessible, openDesk, shot, thread } from "./fixtures/writing";

test.describe("one message", () => {
  test("for a double click", async ({ page }) => {
    const server = await openDesk(page);
    await box(page).fill("Enseguida le confirmo");
    await page.getByRole("button", { name: "Enviar", exact: true }).dblclick();
    await expect(bubble(page, "Enseguida le confirmo")).toHaveCount(1);
    await expect.poll(() => server.keys.length).toBe(1);
    expect(server.texts).toEqual(["Enseguida le confirmo"]);
  });

  test("for an answer that was lost and a message that is sent again", async ({ page }) => {
    const server = await openDesk(page);
    server.loseAnswers(1);
    await box(page).fill("¿Recibió el presupuesto?");
    await box(page).press("Enter");
    await expect(page.getByText("Sin conexión: se enviará al volver")).toBeVisible();
    await bubble(page, "¿Recibió el presupuesto?").getByRole("button", { name: "Reenviar" }).click();
    await expect(page.getByText("Sin conexión: se enviará al volver")).toBeHidden();
    await expect(bubble(page, "¿Recibió el presupuesto?")).toHaveCount(1);
    // The bubble says that it is on its way before the request is.
    await expect.poll(() => server.keys.length).toBeGreaterThanOrEqual(2);
    expect(server.texts).toEqual(["¿Recibió el presupuesto?"]);
    expect(new Set(server.keys).size).toBe(1);
  });

  test("for an answer that was lost and a page that was loaded again", async ({ page }) => {
    const server = await openDesk(page);
    server.loseAnswers(1);
    await box(page).fill("La esperamos a las 10");
    await box(page).press("Enter");
    await expect(page.getByText("Sin conexión: se enviará al volver")).toBeVisible();
    await page.reload();
    await expect(bubble(page, "La esperamos a las 10")).toHaveCount(1);
    await expect.poll(() => server.keys.length).toBeGreaterThanOrEqual(2);
    await expect(page.getByText("Sin conexión: se enviará al volver")).toBeHidden();
    expect(server.texts).toEqual(["La esperamos a las 10"]);
    expect(new Set(server.keys).size).toBe(1);
  });

  test("for what was written offline, in its order, once the connection is back", async ({
    page,
    context,
  }) => {
    const server = await openDesk(page);
    await expect(thread(page).getByText("¿Le sirve a las 10?")).toBeVisible();
    let offline = true;
    await page.route(/\/messages$/, (route) =>
      offline && route.request().method() === "POST" ? route.abort("internetdisconnected") : route.fallback(),
    );
    await context.setOffline(true);
    for (const text of ["uno", "dos"]) {
      await box(page).fill(text);
      await box(page).press("Enter");
    }
    await expect(page.getByText("Sin conexión: se enviará al volver")).toHaveCount(2);
    expect(server.texts).toEqual([]);
    offline = false;
    await context.setOffline(false);
    await expect(page.getByText("Sin conexión: se enviará al volver")).toHaveCount(0);
    await expect.poll(() => server.texts).toEqual(["uno", "dos"]);
  });

  for (const deaf of [false, true]) {
    test(`for one draft sent from two tabs${deaf ? " that have not heard of each other" : ""}`, async ({
      page,
      context,
    }) => {
      // The event that one tab hears of the other's draft comes late, or not in time.
      if (deaf) {
        await context.addInitScript(() =>
          window.addEventListener("storage", (event) => event.stopImmediatePropagation(), true),
        );
      }
      const server = new Outgoing();
      const other = await context.newPage();
      await serveFixtures(page, "tenant", server.of);
      await serveFixtures(other, "tenant", server.of);
      await server.serve(page);
      await server.serve(other);
      await page.goto("/inbox/v0");
      await box(page).fill("Le confirmo el turno");
      await other.goto("/inbox/v0");
      await expect(box(other)).toHaveValue("Le confirmo el turno");
      await Promise.all([box(page).press("Enter"), box(other).press("Enter")]);
      await expect(box(page)).toHaveValue("");
      await expect(box(other)).toHaveValue("");
      // The tab whose draft the other one took away has nothing to send.
      await expect.poll(() => server.texts).toEqual(["Le confirmo el turno"]);
      const drawn = await Promise.all(
        [page, other].map(async (tab) => {
          await expect(tab.getByText("Sin conexión: se enviará al volver")).toHaveCount(0);
          return bubble(tab, "Le confirmo el turno").count();
        }),
      );
      expect(Math.max(...drawn)).toBe(1);
      await expect(page.getByRole("alert")).toHaveCount(0);
      await expect(other.getByRole("alert")).toHaveCount(0);
      expect(server.texts).toEqual(["Le confirmo el turno"]);
      expect(new Set(server.keys).size).toBe(1);
    });
  }

  test("and the same words written twice are two", async ({ page }) => {
    const server = await openDesk(page);
    for (let round = 1; round <= 2; round += 1) {
      await box(page).fill("ok");
      await box(page).press("Enter");
      await expect.poll(() => server.stored.length).toBe(round);
    }
    expect(new Set(server.keys).size).toBe(2);
  });

  test("for a first message whose answer was lost", async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await serveFixtures(page, "tenant");
    const server = new Outgoing();
    await server.serve(page, /\/api\/conversations$/);
    server.loseAnswers(1);
    await page.goto("/inbox");
    await page.getByRole("button", { name: "Nueva conversación" }).click();
    const dialog = page.getByRole("dialog", { name: "Nueva conversación" });
    await dialog.getByLabel("Teléfono").fill("+591 700-00055");
    await dialog.getByLabel("Nombre de la plantilla").fill("recordatorio_turno");
    await dialog.getByRole("button", { name: "Añadir dato" }).click();
    await dialog.getByLabel("Dato 1", { exact: true }).fill("Elena");
    await isAccessible(page);
    await shot(page, "start");
    await dialog.getByRole("button", { name: "Enviar" }).click();
    await expect(dialog.getByText(/No se pudo llegar al servidor/)).toBeVisible();
    await page.reload();
    await page.getByRole("button", { name: "Nueva conversación" }).click();
    await expect(dialog.getByLabel("Dato 1", { exact: true })).toHaveValue("Elena");
    await dialog.getByRole("button", { name: "Enviar" }).click();
    await expect(page).toHaveURL(/\/inbox\/v4/);
    expect(server.stored).toHaveLength(1);
    expect(server.keys).toHaveLength(2);
    expect(server.stored[0]?.body).toMatchObject({
      to: "+59170000055",
      message: {
        type: "template",
        template: { components: [{ type: "body", parameters: [{ type: "text", text: "Elena" }] }] },
      },
    });
  });
});
