/** A colleague is named in a note and hears of it, on the running product. */
import { expect, test } from "@playwright/test";
import { demo, newColleague, signIn, tenantAdmin, uniqueWord } from "./fixtures/stack";

test("whoever is named in a note hears of it at once, goes there, and has seen it", async ({
  page,
  browser,
}) => {
  const { slug, login, phoneNumberId } = tenantAdmin();
  const word = uniqueWord();
  const name = `Leo ${uniqueWord()}`;
  const colleague = await newColleague(page.request, "recepcion", name);
  await page.request.post(`${demo().simulator_url}/simulator/inbound`, {
    data: {
      phone_number_id: phoneNumberId,
      from: `5917${Date.now() % 10_000_000}`,
      name: "Rita",
      text: word,
    },
  });
  const other = await (await browser.newContext({ locale: "es-BO" })).newPage();
  await signIn(other, colleague, slug);
  await expect(other.getByRole("button", { name: "Avisos", exact: true })).toBeVisible();

  await signIn(page, login, slug);
  await page.getByRole("list", { name: "Conversaciones" }).getByText(word).click();
  await expect(page.getByRole("log", { name: "Mensajes" }).getByText(word)).toBeVisible();
  await page.keyboard.press("n");
  const box = page.getByRole("textbox", { name: "Nota interna" });
  await box.pressSequentially(`@${name}`);
  // A name of two words is offered as long as its first is being written; here it is written out.
  await box.pressSequentially(" ¿puedes llamar?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("log", { name: "Mensajes" }).getByText(`@${name}`)).toBeVisible();

  await other.getByRole("button", { name: "1 aviso sin ver" }).click();
  await other.getByRole("button", { name: /hizo una mención/ }).click();
  await expect(other.getByRole("log", { name: "Mensajes" }).getByText(word)).toBeVisible();
  await expect(other.getByRole("button", { name: "Avisos", exact: true })).toBeVisible();

  // The way back: what the first one does to it is told as well, and stands in the thread.
  await page
    .getByRole("button", { name: /^Responsable:/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name }).click();
  const log = other.getByRole("log", { name: "Mensajes" });
  await expect(log.getByText(`la asignó a ${name}`, { exact: false })).toBeVisible();
  await other.context().close();
});
