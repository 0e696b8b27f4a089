/** What is written becomes what the API takes; what WhatsApp would refuse is refused before. */
import { describe, expect, it } from "vitest";
import {
  cardBody,
  isSendable,
  locationBody,
  messagesFor,
  offerBody,
  templateBody,
} from "@/features/conversations/compose";
import { judgeFile, mimeOf } from "@/features/conversations/composer/upload";
import type { Draft } from "@/features/conversations/drafts";
import { sendStateOf } from "@/features/conversations/send-state";
import { fromLocalInput, toLocalInput } from "@/lib/time";

const draft = (change: Partial<Draft>): Draft => ({
  key: "k",
  text: "",
  file: null,
  moreFiles: [],
  quote: null,
  sendAt: null,
  ...change,
});
const messageBody = (of: Draft) => messagesFor(of)[0]?.body;
const file = (kind: string) => ({ id: "f1", kind, name: "orden.pdf", size: 10 });

describe("a message", () => {
  it("quotes what it answers and goes out when it is to", () => {
    const body = messageBody(
      draft({ text: " Sí ", quote: { wamid: "w", words: "¿?" }, sendAt: "2026-03-01T12:00:00Z" }),
    );
    expect(body).toEqual({
      type: "text",
      text: { body: "Sí" },
      context: { message_id: "w" },
      send_at: "2026-03-01T12:00:00Z",
    });
  });

  it("carries its words as a caption, except with sound", () => {
    expect(messageBody(draft({ text: "La orden", file: file("document") }))).toEqual({
      type: "document",
      document: { id: "f1", caption: "La orden", filename: "orden.pdf" },
    });
    expect(messageBody(draft({ text: "Oír", file: file("audio") }))).toEqual({
      type: "audio",
      audio: { id: "f1" },
    });
  });

  it("is one for each file, under keys that follow from the draft's", () => {
    const files = [file("audio"), { ...file("image"), id: "f2" }, { ...file("image"), id: "f3" }];
    const quote = { wamid: "w", words: "¿?" };
    const [first, ...rest] = files;
    const sent = messagesFor(draft({ text: "Las fotos", file: first ?? null, moreFiles: rest, quote }));
    expect(sent).toEqual([
      { key: "k", body: { type: "audio", audio: { id: "f1" }, context: { message_id: "w" } } },
      { key: "k-1", body: { type: "image", image: { id: "f2", caption: "Las fotos" } } },
      { key: "k-2", body: { type: "image", image: { id: "f3" } } },
    ]);
  });

  it("is a voice message where it was recorded here", () => {
    expect(messageBody(draft({ file: file("voice") }))).toEqual({
      type: "audio",
      audio: { id: "f1", voice: true },
    });
  });

  it("is a place, a card or something to choose from", () => {
    const alone = { quote: null, sendAt: null };
    const point = { latitude: -16.5, longitude: -68.15 };
    expect(locationBody({ ...point, name: "Centro", address: "" }, alone)).toEqual({
      type: "location",
      location: { ...point, name: "Centro" },
    });
    expect(cardBody({ name: "Ana Rojas", phone: "59170000001", company: "" }, alone)).toEqual({
      type: "contacts",
      contacts: [
        {
          name: { formatted_name: "Ana Rojas", first_name: "Ana" },
          phones: [{ phone: "+59170000001", wa_id: "59170000001", type: "WORK" }],
        },
      ],
    });
    const offer = { header: "", body: " ¿Cuándo? ", footer: "Gracias", open: "Ver" };
    const choices = [
      { title: "Hoy ", note: " por la tarde" },
      { title: " ", note: "" },
    ];
    expect(offerBody({ ...offer, kind: "list", choices }, alone)).toMatchObject({
      interactive: {
        type: "list",
        body: { text: "¿Cuándo?" },
        action: {
          button: "Ver",
          sections: [{ rows: [{ id: "option-1", title: "Hoy", description: "por la tarde" }] }],
        },
      },
    });
  });

  it("needs words or a file", () => {
    expect(isSendable(draft({ text: "  " }))).toBe(false);
    expect(isSendable(draft({ file: file("image") }))).toBe(true);
  });

  it("fills a template's body in order, and sends none without variables", () => {
    expect(templateBody({ name: "turno ", language: "es", variables: ["Ana", " 10:00"] })).toMatchObject({
      template: { name: "turno", components: [{ parameters: [{ text: "Ana" }, { text: "10:00" }] }] },
    });
    const bare = templateBody({ name: "hola", language: "es", variables: [] });
    expect(bare).toEqual({ type: "template", template: { name: "hola", language: { code: "es" } } });
  });
});

describe("a file", () => {
  const MB = 1024 * 1024;
  it.each([
    ["image/jpeg", 5 * MB, null],
    ["image/jpeg", 5 * MB + 1, "size"],
    ["image/png", 0, "empty"],
    ["image/webp", 10, "type"],
    ["", 10, "type"],
    ["audio/ogg; codecs=opus", 16 * MB, null],
    ["audio/x-m4a", 10, null],
    ["application/pdf", 100 * MB, null],
    ["application/zip", 10, "type"],
  ])("of %s with %i bytes: %s", (type, size, refusal) => {
    expect(judgeFile({ type, size }).refusal).toBe(refusal);
  });

  it("is named as WhatsApp names its type", () => {
    expect(mimeOf({ type: "audio/x-m4a" })).toBe("audio/mp4");
    expect(mimeOf({ type: "Audio/OGG; codecs=opus" })).toBe("audio/ogg");
  });
});

describe("a time in a zone", () => {
  it.each([
    ["America/La_Paz", "2026-03-01T09:30", "2026-03-01T13:30:00.000Z"],
    ["Asia/Kolkata", "2026-03-01T09:30", "2026-03-01T04:00:00.000Z"],
    // Clocks go forward at 03:00 UTC on 5 September and back on 5 April in Santiago.
    ["America/Santiago", "2026-04-04T12:00", "2026-04-04T15:00:00.000Z"],
    ["America/Santiago", "2026-04-05T12:00", "2026-04-05T16:00:00.000Z"],
    ["America/Santiago", "2026-09-06T12:00", "2026-09-06T15:00:00.000Z"],
  ])("of %s: %s", (zone, local, utc) => {
    const at = fromLocalInput(local, zone) ?? 0;
    expect(new Date(at).toISOString()).toBe(utc);
    expect(toLocalInput(at, zone)).toBe(local);
  });

  it("is none where nothing is filled in", () => {
    expect(fromLocalInput("", "UTC")).toBeNull();
  });
});

describe("the state of a message", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  const cancelled = { code: "cancelled", title: "", detail: null, advice: "retry" };
  it.each([
    [{ status: "queued", error: null, send_at: "2026-03-01T12:00:01Z" }, "scheduled"],
    [{ status: "queued", error: null, send_at: "2026-03-01T11:00:00Z" }, "queued"],
    [{ status: "failed", error: cancelled, send_at: null }, "cancelled"],
    [{ status: "failed", error: { ...cancelled, code: "131026" }, send_at: null }, "failed"],
    [{ status: "unknown", error: null, send_at: null }, "unknown"],
  ] as const)("%j is %s", (message, state) => {
    expect(sendStateOf(message, now)).toBe(state);
  });
});
