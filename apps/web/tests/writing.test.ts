/** Small rules of what is written: whom words name, what a map's link says, where words are put in. */
import { act, renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { insertAt } from "@/features/conversations/composer/caret";
import { pointIn } from "@/features/conversations/composer/location-dialog";
import { mentionedIn } from "@/features/conversations/composer/mentions";
import { offerProblem } from "@/features/conversations/composer/offer-dialog";
import { useDraft } from "@/features/conversations/drafts";

describe("a note", () => {
  const team = [
    { id: "1", name: "Ana" },
    { id: "2", name: "Ana María" },
    { id: "3", name: "José (noche)" },
  ];
  it.each([
    ["@Ana mira", ["1"]],
    ["@Ana María mira", ["2"]],
    ["@Anabel mira", []],
    ["para @José (noche).", ["3"]],
    ["@Ana y @Ana María y @Ana", ["1", "2"]],
    ["ana@Ana.example", []],
    ["Ana", []],
  ])("%s names %j", (text, ids) => {
    expect(mentionedIn(text, team)).toEqual(ids);
  });
});

describe("a point", () => {
  it.each([
    ["-16.5, -68.15", { latitude: -16.5, longitude: -68.15 }],
    ["https://www.google.com/maps/@-16.51,-68.13,17z", { latitude: -16.51, longitude: -68.13 }],
    ["https://maps.google.com/?q=-16.5%2C-68.15", { latitude: -16.5, longitude: -68.15 }],
    ["al lado del parque", null],
    ["99, 10", null],
    ["10, 190", null],
  ])("in %s", (words, point) => {
    expect(pointIn(words)).toEqual(point);
  });
});

describe("words put in", () => {
  it.each([
    ["Hola gracias", 4, 4, "❤️", "Hola❤️ gracias"],
    ["Hola", 4, 4, "el horario", "Hola el horario"],
    ["Buenas, /", 8, 9, "va", "Buenas, va"],
    ["borrar esto", 0, 11, "nuevo", "nuevo"],
  ])("into %s", (text, start, end, words, expected) => {
    expect(insertAt(text, start, end, words).text).toBe(expected);
  });
});

describe("something to choose from", () => {
  const offer = { kind: "button" as const, header: "", body: "¿Cuándo?", footer: "", open: "" };
  const choices = (...titles: string[]) => titles.map((title) => ({ title, note: "" }));
  it.each([
    [{ ...offer, choices: choices("Hoy", " ") }, null],
    [{ ...offer, body: " ", choices: choices("Hoy") }, "body"],
    [{ ...offer, choices: choices(" ") }, "choices"],
    [{ ...offer, choices: choices("Hoy", "Hoy ") }, "twice"],
    [{ ...offer, kind: "list" as const, choices: choices("Hoy") }, "open"],
  ])("%j lacks %s", (given, problem) => {
    expect(offerProblem(given)).toBe(problem);
  });
});

describe("files that are brought while somebody goes to another conversation", () => {
  it("are all in the draft that they were chosen for", () => {
    const { result, unmount } = renderHook(() => useDraft("me", "here", "reply"));
    const { addFile } = result.current;
    const file = (id: string) => ({ id, kind: "image", name: `${id}.png`, size: 1 });
    unmount();
    act(() => {
      for (const id of ["f1", "f2", "f3"]) addFile(file(id));
    });
    const { draft } = renderHook(() => useDraft("me", "here", "reply")).result.current;
    expect([draft.file, ...draft.moreFiles].map((kept) => kept?.id)).toEqual(["f1", "f2", "f3"]);
  });
});
