/** What is known of a customer, beside the conversation. */
import { expect, type Page, test } from "@playwright/test";
import { check, SIZES, THEMES } from "./fixtures/looking";
import { serveFixtures } from "./fixtures/server";

async function open(page: Page, size: { width: number; height: number } = { width: 1440, height: 900 }) {
  await page.setViewportSize(size);
  await serveFixtures(page, "tenant");
  await page.goto("/inbox/v0");
  if (size.width < 1280) await page.getByRole("button", { name: "Mostrar u ocultar detalles" }).click();
  const panel = page.getByRole("complementary", { name: "Detalles" });
  await expect(panel.getByText("Vida Plena, plan familiar")).toBeVisible();
  return panel;
}

for (const theme of THEMES) {
  for (const size of SIZES) {
    test(`the card in ${theme} on a ${size.name}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme });
      const panel = await open(page, size);
      await check(page, `contact-${theme}-${size.name}`);
      await panel.getByRole("region", { name: "Archivos" }).scrollIntoViewIfNeeded();
      await check(page, `contact-more-${theme}-${size.name}`);
    });
  }
}

test("the customer is called another way, and as on WhatsApp again", async ({ page }) => {
  const panel = await open(page);
  const identity = panel.getByRole("region", { name: "Contacto" });
  await identity.getByRole("button", { name: "Cambiar el nombre" }).click();
  const name = identity.getByRole("textbox", { name: "Nombre" });
  await expect(name).toBeFocused();
  await name.fill("Doña Rosa");
  await name.press("Enter");
  await expect(identity.getByText("Doña Rosa")).toBeVisible();
  await expect(identity.getByText(/^En WhatsApp: /)).toBeVisible();
  await identity.getByRole("button", { name: "Cambiar el nombre" }).click();
  await name.fill("");
  await name.press("Enter");
  await expect(identity.getByText("Doña Rosa")).toBeHidden();
});

test("a detail is written down with a name that is known, changed and removed", async ({ page }) => {
  const panel = await open(page);
  const details = panel.getByRole("region", { name: "Datos" });
  await details.getByRole("button", { name: "Añadir un dato" }).click();
  await expect(details.locator("datalist option")).toHaveAttribute("value", "Empresa");
  await details.getByRole("combobox", { name: "Nombre del dato" }).fill("Empresa");
  await details.getByRole("textbox", { name: "Valor" }).fill("Sol S. A.");
  await page.keyboard.press("Enter");
  await expect(details.getByText("Sol S. A.")).toBeVisible();
  await details.getByRole("button", { name: "Cambiar Empresa" }).click();
  const value = details.getByRole("textbox", { name: "Empresa" });
  await expect(value).toBeFocused();
  await value.fill("Luna");
  await page.keyboard.press("Enter");
  await expect(details.getByText("Luna")).toBeVisible();
  await details.getByRole("button", { name: "Quitar Empresa" }).click();
  await expect(details.getByText("Luna")).toBeHidden();
});

test("whoever is blocked is told so, with what WhatsApp did about it", async ({ page }) => {
  const panel = await open(page);
  await panel.getByRole("button", { name: "Bloquear", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^¿Bloquear a/ });
  await check(page, "contact-block");
  await dialog.getByRole("button", { name: "Bloquear" }).click();
  await expect(panel.getByText(/^Bloqueado desde/)).toBeVisible();
  await expect(panel.getByText(/WhatsApp no lo bloqueó/)).toBeVisible();
  await panel.getByRole("status").scrollIntoViewIfNeeded();
  await check(page, "contact-blocked");
  await panel.getByRole("button", { name: "Desbloquear" }).click();
  await expect(panel.getByRole("button", { name: "Bloquear", exact: true })).toBeVisible();
});

test("two contacts become one person and part again", async ({ page }) => {
  const panel = await open(page);
  const person = panel.getByRole("region", { name: "Misma persona" });
  await person.getByRole("button", { name: "Unir con otro contacto" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("searchbox", { name: "Buscar por nombre o teléfono" }).fill("zzzz");
  await expect(dialog.getByText("No se encontró a nadie más.")).toBeVisible();
  await dialog.getByRole("searchbox").fill("a");
  await dialog.getByRole("searchbox").fill("ar");
  await expect(dialog.getByRole("listitem").first()).toBeVisible();
  await check(page, "contact-merge");
  await dialog.getByRole("listitem").first().getByRole("button").click();
  await expect(dialog).toBeHidden();
  await person.getByRole("button", { name: "Separar" }).click();
  await expect(person.getByText("Sin otros números.")).toBeVisible();
});

test("a file leads to where it stands in the conversation", async ({ page }) => {
  const panel = await open(page);
  const files = panel.getByRole("region", { name: "Archivos" });
  // A picture of each picture that is there, and of nothing else.
  await expect(files.getByRole("img")).toHaveCount(0);
  await expect(files.locator("img")).toHaveCount(1);
  await files.getByRole("link").first().click();
  await expect(page).toHaveURL(/\/inbox\/\w+\?.*at=/);
});
