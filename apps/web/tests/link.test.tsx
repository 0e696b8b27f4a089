/** Coming in by a link, as a person does it. */
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { AcceptLink } from "@/features/auth/accept-link";
import { renderDesk } from "./render";
import { sampleSession } from "./samples";

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const invitation = {
  kind: "invite",
  name: "Eva",
  email: "eva@empresa.bo",
  tenant: sampleSession.tenant,
  brand_name: "Dental Sur",
  expires_at: "2026-12-04T00:00:00Z",
};

it("shows whose the link is, wants the password twice, and enters", async () => {
  const sent = vi.fn();
  server.use(
    http.post("*/api/auth/links/read", () => HttpResponse.json(invitation)),
    http.post("*/api/auth/links/accept", async ({ request }) => {
      sent(await request.json());
      return HttpResponse.json(sampleSession);
    }),
  );
  const onDone = vi.fn();
  renderDesk(<AcceptLink token="abc" onDone={onDone} onLogin={vi.fn()} />);
  expect(await screen.findByRole("heading", { name: "Acceso a Dental Sur" })).toBeVisible();
  expect(screen.getByText("eva@empresa.bo")).toBeVisible();
  await userEvent.type(screen.getByLabelText("Contraseña nueva"), "una clave larga");
  await userEvent.type(screen.getByLabelText("Repetir la contraseña"), "otra");
  await userEvent.click(screen.getByRole("button", { name: "Guardar y entrar" }));
  expect(await screen.findByText("Las dos contraseñas no son iguales.")).toBeVisible();
  await userEvent.clear(screen.getByLabelText("Repetir la contraseña"));
  await userEvent.type(screen.getByLabelText("Repetir la contraseña"), "una clave larga");
  await userEvent.click(screen.getByRole("button", { name: "Guardar y entrar" }));
  await vi.waitFor(() => expect(onDone).toHaveBeenCalled());
  expect(sent).toHaveBeenCalledWith({ token: "abc", password: "una clave larga", name: "Eva" });
});

it("says that a link does not work any more, and where to go", async () => {
  server.use(
    http.post("*/api/auth/links/read", () =>
      HttpResponse.json({ code: "link_invalid", status: 410 }, { status: 410 }),
    ),
  );
  const onLogin = vi.fn();
  renderDesk(<AcceptLink token="abc" onDone={vi.fn()} onLogin={onLogin} />);
  expect(await screen.findByText("El enlace ya no sirve. Pedir uno nuevo.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Ir a la página de entrada" }));
  expect(onLogin).toHaveBeenCalled();
});
