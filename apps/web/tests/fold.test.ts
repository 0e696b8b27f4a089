/** How reactions, edits and deletions find their message, whatever comes first. */
import { describe, expect, it } from "vitest";
import { asEdited, foldThread } from "@/features/conversations/fold";
import { groupMessages } from "@/features/conversations/grouping";
import { sampleMessage } from "./samples";

const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, "0")}:00Z`;
const target = sampleMessage({ id: "t", wamid: "w", direction: "in", text: "Hola", created_at: at(0) });
const about = { wamid: "w", message_id: "t" };
const change = (id: string, type: string, minute: number, text: string | null, more = {}) =>
  sampleMessage({ id, type, text, direction: "in", context: about, created_at: at(minute), ...more });

/** Every order of a few messages. */
function orders<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) =>
    orders([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

describe("folding", () => {
  it("keeps each person's newest reaction, in whatever order they came", () => {
    const mine = change("r3", "reaction", 2, "🙏", { direction: "out" });
    const rows = [target, change("r1", "reaction", 1, "👍"), change("r2", "reaction", 3, "❤️"), mine];
    for (const order of orders(rows)) {
      const { shown, folds } = foldThread(order);
      expect(shown.map((m) => m.id)).toEqual(["t"]);
      expect(folds.get("t")?.reactions.map((m) => m.text)).toEqual(["🙏", "❤️"]);
    }
  });

  it("takes a reaction back with one that has no emoji, but not the one given afterwards", () => {
    const taken = change("r2", "reaction", 2, null);
    for (const order of orders([target, change("r1", "reaction", 1, "👍"), taken])) {
      expect(foldThread(order).folds.get("t")?.reactions).toEqual([]);
    }
    const again = [target, change("r3", "reaction", 3, "👍"), taken];
    expect(
      foldThread(again)
        .folds.get("t")
        ?.reactions.map((m) => m.id),
    ).toEqual(["r3"]);
  });

  it("tells the people of a group apart", () => {
    const of = (user_id: string) => ({ payload: { sender: { user_id } } });
    const rows = [
      target,
      change("r1", "reaction", 1, "👍", of("a")),
      change("r2", "reaction", 2, "👍", of("b")),
    ];
    expect(foldThread(rows).folds.get("t")?.reactions).toHaveLength(2);
  });

  it("reads as the last edit says", () => {
    for (const order of orders([target, change("e1", "edit", 1, "uno"), change("e2", "edit", 2, "dos")])) {
      const { folds } = foldThread(order);
      expect(asEdited(target, folds.get("t") ?? null).text).toBe("dos");
    }
  });

  it("marks what was deleted, and lets nobody else delete it", () => {
    const own = foldThread([change("d", "revoke", 1, null), target]);
    expect(own.folds.get("t")?.revoke?.id).toBe("d");
    const foreign = foldThread([target, change("d", "revoke", 1, null, { direction: "out" })]);
    expect(foreign.folds.get("t")).toBeUndefined();
    expect(foreign.shown.map((m) => m.id)).toEqual(["t", "d"]);
  });

  it("leaves a change of a message that is not loaded where it is", () => {
    const lost = change("r", "reaction", 1, "👍", { context: { wamid: "older", message_id: null } });
    const { shown } = foldThread([target, lost]);
    expect(shown.map((m) => m.id)).toEqual(["t", "r"]);
    const items = groupMessages(shown, "UTC").filter((item) => item.kind === "message");
    expect(items.map((item) => [item.first, item.last])).toEqual([
      [true, true],
      [true, true],
    ]);
  });
});
