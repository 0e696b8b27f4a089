/** Coming in, and one's own access, over fixtures: each step is looked at. */
import { expect, test } from "@playwright/test";
import { isAccessible, onChange, refusal, toast } from "./fixtures/asking";
import { check, SIZES, THEMES } from "./fixtures/looking";
import * as people from "./fixtures/people";
import { serveFixtures } from "./fixtures/server";

test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: "reduce" }));

for (const theme of THEMES) {
  for (const size of SIZES) {
    const named = (name: string) => `${name}-${size.name}-${theme}`;

    test(`coming in by link, without a password and with a code, ${size.name} ${theme}`, async ({ page }) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await serveFixtures(page, "nobody");
      await page.goto("/welcome#abc");
      await expect(page.getByRole("heading", { name: "Acceso a Dental Sur" })).toBeVisible();
      await check(page, named("welcome-link"));

      await page.route(/links\/read$/, (route) =>
        route.fulfill({ status: 410, json: { code: "link_invalid", status: 410 } }),
      );
      await page.goto("/welcome#gastado");
      await expect(page.getByText("El enlace ya no sirve.")).toBeVisible();
      await check(page, named("welcome-spent"));

      await page.goto("/login");
      await page.getByRole("button", { name: "Olvidé mi contraseña" }).click();
      await check(page, named("forgot"));
      await onChange(page, /\/api\/auth\/forgot$/, undefined, 204);
      await page.getByLabel("Correo electrónico").fill("eva@dentalsur.bo");
      await page.getByRole("button", { name: "Enviar enlace" }).click();
      await expect(page.getByText("Si existe una cuenta con ese correo")).toBeVisible();
      await check(page, named("forgot-sent"));

      await page.getByRole("button", { name: "Volver" }).click();
      await onChange(page, /\/api\/auth\/login$/, { code: "totp_required", status: 401 }, 401);
      await page.getByLabel("Correo electrónico").fill("eva@dentalsur.bo");
      await page.getByLabel("Contraseña", { exact: true }).fill("la contraseña");
      await page.getByRole("button", { name: "Entrar", exact: true }).click();
      await expect(page.getByLabel("Código de autenticación")).toBeFocused();
      await check(page, named("login-code"));
    });

    test(`a second factor is set up, ${size.name} ${theme}`, async ({ page }) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await serveFixtures(page, "tenant");
      await onChange(page, /\/api\/me\/totp$/, people.enrolment);
      await onChange(page, /\/api\/me\/totp\/confirm$/, people.recoveryCodes);
      await page.goto("/profile");
      await page.getByRole("button", { name: "Configurar el segundo factor" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Contraseña actual").fill("la contraseña");
      await check(page, named("totp-password"));
      await page.keyboard.press("Enter");
      await expect(dialog.getByRole("img", { name: /Código QR/ })).toBeVisible();
      await expect(dialog.getByText(people.enrolment.secret)).toBeVisible();
      await check(page, named("totp-scan"));
      await dialog.getByLabel("Código que muestra la aplicación").fill("123456");
      await page.keyboard.press("Enter");
      await expect(dialog.getByRole("listitem")).toHaveCount(10);
      await check(page, named("totp-codes"));
      // Codes that are shown once do not go away by a slip.
      await page.keyboard.press("Escape");
      await expect(dialog.getByText("Primero guardarlos y marcar esta casilla.")).toBeVisible();
      await expect(dialog.getByRole("button", { name: "Listo" })).toBeDisabled();
      await dialog.getByLabel("Los códigos están guardados").check();
      await dialog.getByRole("button", { name: "Listo" }).click();
      await expect(dialog).toBeHidden();
    });
  }
}

test("one's own password: the wrong one is named, the right one ends the rest", async ({ page }) => {
  await serveFixtures(page, "tenant");
  await onChange(page, /\/me\/password$/, refusal("/current_password", "wrong_password"), 422);
  await page.goto("/inbox");
  await page.getByRole("button", { name: "Perfil y preferencias" }).click();
  await page.getByRole("menuitem", { name: "Mi perfil" }).click();
  const save = page.getByRole("button", { name: "Cambiar contraseña" });
  await page.getByLabel("Contraseña actual").fill("no es");
  await page.getByLabel("Contraseña nueva").fill("corta");
  await save.click();
  await expect(page.getByText("Usar al menos 10 caracteres.")).toBeVisible();
  await page.getByLabel("Contraseña nueva").fill("una contraseña larga");
  await page.getByLabel("Repetir la contraseña").fill("una contraseña larga");
  await save.click();
  await expect(page.getByText("No es la contraseña actual.")).toBeVisible();
  await isAccessible(page);
  const asked = await onChange(page, /\/me\/password$/, undefined, 204);
  await save.click();
  await expect(toast(page)).toContainText("Contraseña cambiada");
  await expect(page.getByLabel("Contraseña nueva")).toHaveValue("");
  expect(asked[0]?.postDataJSON()).toEqual({
    current_password: "no es",
    new_password: "una contraseña larga",
  });
});

test("sessions are ended one by one and all at once, never the one at hand", async ({ page }) => {
  await serveFixtures(page, "tenant");
  const one = await onChange(page, /\/me\/sessions\/f2$/, undefined, 204);
  const rest = await onChange(page, /\/me\/sessions\/revoke-others$/, undefined, 204);
  await page.goto("/profile");
  await expect(page.getByRole("listitem").filter({ hasText: "Esta sesión" })).toContainText(
    "Chrome · Windows",
  );
  await expect(page.getByRole("button", { name: "Cerrar la sesión de Chrome · Windows" })).toBeHidden();
  await page.getByRole("button", { name: "Cerrar la sesión de Chrome · Android" }).click();
  await expect(toast(page)).toContainText("Sesión cerrada");
  expect(one).toHaveLength(1);
  await page.getByRole("button", { name: "Cerrar todas las demás" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Se cerrarán 2 sesiones");
  await dialog.getByRole("button", { name: "Cerrar todas las demás" }).click();
  await expect(dialog).toBeHidden();
  expect(rest).toHaveLength(1);
});

test("recovery codes are replaced and the second factor turned off, for a password and a code", async ({
  page,
}) => {
  await serveFixtures(page, "platform");
  await onChange(page, /\/me\/totp\/recovery-codes$/, refusal("/code", "invalid_code"), 422);
  await page.goto("/profile");
  await expect(page.getByText("Quedan 2 códigos de recuperación. Conviene reemplazarlos.")).toBeVisible();
  await page.getByRole("button", { name: "Reemplazar códigos" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Contraseña actual").fill("la contraseña");
  await dialog.getByLabel("Código de autenticación").fill("000000");
  await dialog.getByRole("button", { name: "Crear códigos nuevos" }).click();
  await expect(dialog.getByText("El código no es correcto o ya se usó.")).toBeVisible();
  await isAccessible(page);
  await onChange(page, /\/me\/totp\/recovery-codes$/, people.recoveryCodes);
  await dialog.getByRole("button", { name: "Crear códigos nuevos" }).click();
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Descargar" }).click();
  expect((await download).suggestedFilename()).toBe("centralita-codigos-de-recuperacion.txt");
  await dialog.getByLabel("Los códigos están guardados").check();
  await dialog.getByRole("button", { name: "Listo" }).click();

  const off = await onChange(page, /\/me\/totp$/, undefined, 204);
  await page.getByRole("button", { name: "Desactivar el segundo factor" }).click();
  await dialog.getByLabel("Contraseña actual").fill("la contraseña");
  await dialog.getByLabel("Código de autenticación").fill(" 123456 ");
  await dialog.getByRole("button", { name: "Desactivar" }).click();
  await expect(toast(page)).toContainText("Segundo factor desactivado");
  expect(off[0]?.postDataJSON()).toEqual({ password: "la contraseña", code: "123456" });
});

test("a SuperAdmin without a second factor is led to set it up, and from there to work", async ({ page }) => {
  await serveFixtures(page, "platform-without");
  await onChange(page, /\/me\/totp$/, people.enrolment);
  await onChange(page, /\/me\/totp\/confirm$/, people.recoveryCodes);
  await page.goto("/superadmin/apps");
  await expect(page).toHaveURL(/\/profile\?enrol=true/);
  await expect(page.getByText("La plataforma pide a cada SuperAdmin un segundo factor.")).toBeVisible();
  await page.getByRole("button", { name: "Configurar el segundo factor" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Contraseña actual").fill("la contraseña");
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Código que muestra").fill("123456");
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Los códigos están guardados").check();
  await page.unroute(/\/api\//);
  await serveFixtures(page, "platform");
  await dialog.getByRole("button", { name: "Listo" }).click();
  await expect(page).toHaveURL(/\/superadmin$/);
  await expect(page.getByText("Dental Sur", { exact: true }).first()).toBeVisible();
});
