/** What is begun at the desk is ended on the telephone. */
import { expect, test } from "@playwright/test";
import { demo, signIn, tenantAdmin, uniqueWord } from "./fixtures/stack";

const BOX = "Mensaje para el contacto";

test("words of one device are there on another one, and gone once they were sent", async ({
  page,
  browser,
  request,
}) => {
  const { slug, phoneNumberId, login } = tenantAdmin();
  await signIn(page, login, slug);
  const unique = uniqueWord();
  const inbound = await request.post(`${demo().simulator_url}/simulator/inbound`, {
    data: {
      phone_number_id: phoneNumberId,
      from: `591${Math.floor(60_000_000 + Math.random() * 19_999_999)}`,
      name: "Inés Rojas",
      text: `Hola ${unique}`,
    },
  });
  expect(inbound.ok()).toBe(true);
  const list = page.getByRole("list", { name: "Conversaciones" });
  await list.getByRole("link").filter({ hasText: unique }).click();
  const words = `Le confirmo ${unique}`;
  const kept = page.waitForResponse(
    (answer) => answer.request().method() === "PUT" && answer.url().endsWith("/drafts/reply") && answer.ok(),
  );
  await page.getByLabel(BOX).fill(words);
  await kept;

  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const phone = await context.newPage();
  await signIn(phone, login, slug);
  await phone.goto(page.url());
  await expect(phone.getByLabel(BOX)).toHaveValue(words);
  await phone.getByLabel(BOX).press("Enter");
  await expect(
    phone.getByRole("log", { name: "Mensajes" }).getByRole("article").filter({ hasText: words }),
  ).toHaveCount(1);

  await expect(page.getByRole("article").filter({ hasText: words })).toHaveCount(1);
  const gone = page.waitForResponse((answer) => answer.url().endsWith("/drafts") && answer.ok());
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await gone;
  await expect(page.getByLabel(BOX)).toHaveValue("");
  await context.close();
});
