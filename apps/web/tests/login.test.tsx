/** Signing in, as a person does it. */
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { LoginForm } from "@/features/auth/login-form";
import { renderDesk } from "./render";
import { sampleSession } from "./samples";

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

async function fill(): Promise<void> {
  await userEvent.type(screen.getByLabelText("Correo electrónico"), "ana@empresa.bo");
  await userEvent.type(screen.getByLabelText("Contraseña"), "una clave larga");
  await userEvent.click(screen.getByRole("button", { name: "Entrar" }));
}

it("says what is wrong before asking the server", async () => {
  renderDesk(<LoginForm onDone={vi.fn()} />);
  await userEvent.click(screen.getByRole("button", { name: "Entrar" }));
  expect(await screen.findByText(/correo válido/)).toBeVisible();
  expect(screen.getByText("Este campo es necesario.")).toBeVisible();
});

it("says in words that the password is wrong", async () => {
  server.use(
    http.post("*/api/auth/login", () =>
      HttpResponse.json({ code: "invalid_credentials", status: 401 }, { status: 401 }),
    ),
  );
  renderDesk(<LoginForm onDone={vi.fn()} />);
  await fill();
  expect(await screen.findByText("El correo o la contraseña no son correctos.")).toBeVisible();
});

it("asks which company when the e-mail exists in several, and enters it", async () => {
  server.use(
    http.post("*/api/auth/login", async ({ request }) => {
      const body = (await request.json()) as { tenant?: string };
      if (body.tenant === "optica") return HttpResponse.json(sampleSession);
      const choices = [
        { slug: "dental-sur", name: "Dental Sur" },
        { slug: "optica", name: "Óptica Andina" },
      ];
      return HttpResponse.json({ code: "tenant_required", status: 409, choices }, { status: 409 });
    }),
  );
  const onDone = vi.fn();
  renderDesk(<LoginForm onDone={onDone} />);
  await fill();
  await userEvent.click(await screen.findByRole("button", { name: /Óptica Andina/ }));
  await vi.waitFor(() => expect(onDone).toHaveBeenCalledWith(sampleSession));
});

it("asks for the code of the second factor, and says when it is wrong", async () => {
  server.use(
    http.post("*/api/auth/login", async ({ request }) => {
      const body = (await request.json()) as { code?: string };
      if (body.code === "123456") return HttpResponse.json(sampleSession);
      const code = body.code ? "invalid_code" : "totp_required";
      return HttpResponse.json({ code, status: 401 }, { status: 401 });
    }),
  );
  const onDone = vi.fn();
  renderDesk(<LoginForm onDone={onDone} />);
  await fill();
  const field = await screen.findByLabelText("Código de autenticación");
  await userEvent.type(field, "000000");
  await userEvent.click(screen.getByRole("button", { name: "Entrar" }));
  expect(await screen.findByText(/código no es correcto/)).toBeVisible();
  await userEvent.clear(field);
  await userEvent.type(field, "123456");
  await userEvent.click(screen.getByRole("button", { name: "Entrar" }));
  await vi.waitFor(() => expect(onDone).toHaveBeenCalledWith(sampleSession));
});

it("sends a link to whoever forgot the password, telling nobody whether there is an account", async () => {
  const asked = vi.fn();
  server.use(
    http.post("*/api/auth/forgot", async ({ request }) => {
      asked(await request.json());
      return new HttpResponse(null, { status: 202 });
    }),
  );
  renderDesk(<LoginForm onDone={vi.fn()} />);
  await userEvent.type(screen.getByLabelText("Correo electrónico"), "ana@empresa.bo");
  await userEvent.click(screen.getByRole("button", { name: "Olvidé mi contraseña" }));
  await userEvent.click(screen.getByRole("button", { name: "Enviar enlace" }));
  expect(await screen.findByText(/Si existe una cuenta con ese correo/)).toBeVisible();
  expect(asked).toHaveBeenCalledWith({ email: "ana@empresa.bo" });
});
