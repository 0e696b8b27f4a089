/** A customer from found to done by the keyboard alone, on the running product. */
import { expect, type Page, test } from "@playwright/test";
import { asAdmin, demo, newColleague, signIn, tenantAdmin, uniqueWord } from "./fixtures/stack";

async function writes(page: Page, name: string): Promise<void> {
  const from = `591${Math.floor(60_000_000 + Math.random() * 19_999_999)}`;
  const inbound = await page.request.post(`${demo().simulator_url}/simulator/inbound`, {
    data: { phone_number_id: tenantAdmin().phoneNumberId, from, name, text: "¿Tienen turno?" },
  });
  expect(inbound.ok()).toBe(true);
}

test("found, taken, tagged, answered and closed in under ten keys beyond the words", async ({ page }) => {
  const customer = `Zoe ${uniqueWord()}`;
  const tag = uniqueWord();
  const answer = `Sí, mañana ${uniqueWord()}`;
  await writes(page, customer);
  await writes(page, `Tras ${uniqueWord()}`);
  const agent = await newColleague(page.request, "recepcion", `Pia ${uniqueWord()}`);
  await signIn(page, agent, tenantAdmin().slug);
  await expect(page.getByRole("list", { name: "Conversaciones" }).getByRole("link").first()).toBeVisible();

  let keys = 0;
  const press = async (key: string) => {
    keys += 1;
    await page.keyboard.press(key);
  };
  await press("Control+k");
  await page.keyboard.type(customer);
  await expect(page.getByRole("option", { name: customer })).toHaveAttribute("data-selected", "true");
  await press("Enter");
  await expect(page.getByRole("log", { name: "Mensajes" }).getByText("¿Tienen turno?")).toBeVisible();
  const opened = page.url();
  await press("a");
  await expect(page.getByRole("menuitem", { name: "Tomar la conversación" })).toBeFocused();
  await press("Enter");
  await expect(page.getByRole("button", { name: "Responsable: yo" }).first()).toBeVisible();
  await press("t");
  await page.keyboard.type(tag);
  await press("Enter");
  await press("Escape");
  await press("r");
  await page.keyboard.type(answer);
  await press("Control+Enter");
  expect(keys).toBeLessThan(10);

  // What comes next is there at once, and what was done is done.
  await expect(page).not.toHaveURL(opened);
  const id = new URL(opened).pathname.split("/").at(-1) ?? "";
  const admin = await asAdmin(page.request);
  await expect
    .poll(async () => {
      const { status, assignee, tags } = await admin.get(`/api/conversations/${id}`);
      return { status, owner: assignee?.id, tags: tags.map(({ name }: { name: string }) => name) };
    })
    .toEqual({ status: "closed", owner: agent.id, tags: [tag] });
  const { items } = await admin.get(`/api/conversations/${id}/messages?limit=1`);
  expect(items[0].text).toBe(answer);
});
