/** A note never becomes a message, and what cannot be sent says why. */
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { useRef, useState } from "react";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { adoptSession } from "@/api/session";
import type { Conversation } from "@/api/types";
import { Composer, type ComposerMode } from "@/features/conversations/composer/composer";
import { renderDesk } from "./render";
import { sampleConversation, sampleMessage, sampleSession } from "./samples";

const posted: { path: string; body: unknown; key: string | null }[] = [];
const line = {
  id: "c1",
  phone_number_id: "1",
  display_name: "Recepción",
  is_active: true,
  has_token: true,
  health: { state: "ok" },
};
const drafts = new Map<string, { kind: string; content: object; version: number; is_file_gone: boolean }>();

const server = setupServer(
  http.get("*/api/channels", () => HttpResponse.json({ items: [line], next_cursor: null })),
  http.get("*/api/me", () => HttpResponse.json({ branding: null })),
  http.get("*/api/conversations/:id/drafts", () => HttpResponse.json({ items: [...drafts.values()] })),
  http.put("*/api/conversations/:id/drafts/:kind", async ({ request, params }) => {
    const { content } = (await request.json()) as { content: object };
    const version = (drafts.get(`${params["kind"]}`)?.version ?? 0) + 1;
    drafts.set(`${params["kind"]}`, { kind: `${params["kind"]}`, content, version, is_file_gone: false });
    return HttpResponse.json({ version });
  }),
  http.delete("*/api/conversations/:id/drafts/:kind", ({ params }) => {
    drafts.delete(`${params["kind"]}`);
    return new HttpResponse(null, { status: 204 });
  }),
  http.post("*/api/conversations/:id/typing", () => new HttpResponse(null, { status: 202 })),
  http.post("*/api/conversations/:id/:kind", async ({ request }) => {
    posted.push({
      path: new URL(request.url).pathname,
      body: await request.json(),
      key: request.headers.get("Idempotency-Key"),
    });
    return HttpResponse.json(sampleMessage(), { status: 202 });
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
beforeEach(() => {
  posted.length = 0;
  drafts.clear();
  adoptSession(sampleSession);
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

function Desk({ conversation }: { conversation: Conversation }) {
  const [mode, setMode] = useState<ComposerMode>("reply");
  const box = useRef<HTMLTextAreaElement>(null);
  return (
    <Composer
      conversation={conversation}
      mode={mode}
      onMode={setMode}
      box={box}
      onDone={() => undefined}
      onSent={() => undefined}
    />
  );
}

it("sends a reply with Enter, under an idempotency key", async () => {
  renderDesk(<Desk conversation={sampleConversation()} />);
  const box = screen.getByLabelText("Mensaje para el contacto");
  await userEvent.type(box, "Hola{Shift>}{Enter}{/Shift}Rosa{Enter}");
  await vi.waitFor(() => expect(posted).toHaveLength(1));
  expect(posted[0]).toMatchObject({
    path: "/api/conversations/v1/messages",
    body: { type: "text", text: { body: "Hola\nRosa" } },
  });
  expect(posted[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  expect(box).toHaveValue("");
});

it("saves a note as a note, whatever was written as a reply before", async () => {
  renderDesk(<Desk conversation={sampleConversation()} />);
  await userEvent.type(screen.getByLabelText("Mensaje para el contacto"), "borrador");
  await userEvent.click(screen.getByRole("tab", { name: "Nota" }));
  const note = screen.getByLabelText("Nota interna");
  expect(note).toHaveValue("");
  await userEvent.type(note, "solo para el equipo{Enter}");
  await vi.waitFor(() => expect(posted).toHaveLength(1));
  expect(posted[0]).toMatchObject({
    path: "/api/conversations/v1/notes",
    body: { body: "solo para el equipo" },
  });
  await userEvent.click(screen.getByRole("tab", { name: "Responder" }));
  expect(screen.getByLabelText("Mensaje para el contacto")).toHaveValue("borrador");
});

it("keeps the words of a note that could not be saved", async () => {
  server.use(http.post("*/api/conversations/:id/notes", () => HttpResponse.json({}, { status: 503 })));
  renderDesk(<Desk conversation={sampleConversation()} />);
  await userEvent.click(screen.getByRole("tab", { name: "Nota" }));
  await userEvent.type(screen.getByLabelText("Nota interna"), "importante{Enter}");
  expect(await screen.findByText(/La nota no se guardó/)).toBeVisible();
  expect(screen.getByLabelText("Nota interna")).toHaveValue("importante");
});

it("says why nothing can be sent once the window has closed", () => {
  const closed = sampleConversation({
    window_expires_at: new Date(Date.now() - 3.1 * 3_600_000).toISOString(),
  });
  renderDesk(<Desk conversation={closed} />);
  expect(screen.getByText(/Ventana cerrada hace 3 h/)).toBeVisible();
  expect(screen.queryByRole("textbox")).toBeNull();
});

it("says that the line is switched off", async () => {
  server.use(
    http.get("*/api/channels", () =>
      HttpResponse.json({ items: [{ ...line, is_active: false }], next_cursor: null }),
    ),
  );
  renderDesk(<Desk conversation={sampleConversation()} />);
  expect(await screen.findByText(/está desactivada/)).toBeVisible();
});

it("is read-only for who may not write", () => {
  adoptSession({ ...sampleSession, user: { ...sampleSession.user, permissions: ["chat.read"] } });
  renderDesk(<Desk conversation={sampleConversation()} />);
  expect(screen.getByText(/puede leer, pero no responder/)).toBeVisible();
});
