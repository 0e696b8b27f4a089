/** How messages and conversations find their place. */
import { describe, expect, it } from "vitest";
import { mergeMessages, placeInList } from "@/features/conversations/cache";
import { groupMessages } from "@/features/conversations/grouping";
import { sampleConversation, sampleMessage } from "./samples";

const page = <T>(items: T[]) => ({
  pages: [{ items, next_cursor: null, previous_cursor: null }],
  pageParams: [null],
});

describe("grouping", () => {
  it("separates days in the tenant's zone and joins what one person writes in a row", () => {
    const messages = [
      sampleMessage({ id: "1", created_at: "2026-03-01T03:58:00Z" }),
      sampleMessage({ id: "2", created_at: "2026-03-01T03:59:00Z" }),
      sampleMessage({ id: "3", created_at: "2026-03-01T04:01:00Z" }),
      sampleMessage({ id: "4", created_at: "2026-03-01T04:02:00Z", direction: "note" }),
    ];
    const items = groupMessages(messages, "America/La_Paz");
    expect(items.map((item) => (item.kind === "day" ? "day" : [item.key, item.first, item.last]))).toEqual([
      "day",
      ["1", true, false],
      ["2", false, true],
      "day",
      ["3", true, true],
      ["4", true, true],
    ]);
  });
});

describe("messages", () => {
  it("never go back in their state when answers overtake each other", () => {
    const list = page([sampleMessage({ status: "delivered" })]);
    expect(mergeMessages(list, [sampleMessage({ status: "queued" })]).pages[0]?.items[0]?.status).toBe(
      "delivered",
    );
    expect(mergeMessages(list, [sampleMessage({ status: "failed" })]).pages[0]?.items[0]?.status).toBe(
      "failed",
    );
  });

  it("start over when a failed one is sent again", () => {
    const list = page([sampleMessage({ status: "failed" })]);
    expect(mergeMessages(list, [sampleMessage({ status: "queued" })]).pages[0]?.items[0]?.status).toBe(
      "queued",
    );
  });

  it("that are new come first, and only once", () => {
    const fresh = sampleMessage({ id: "m2", created_at: "2026-03-01T12:01:00Z" });
    const merged = mergeMessages(page([sampleMessage()]), [fresh, fresh]);
    expect(merged.pages[0]?.items.map((m) => m.id)).toEqual(["m2", "m1"]);
  });
});

describe("lists", () => {
  const older = sampleConversation({ id: "old", last_activity_at: "2026-03-01T10:00:00Z" });

  it("put a conversation with news on top", () => {
    const first = sampleConversation({ id: "first", last_activity_at: "2026-03-01T11:00:00Z" });
    const news = { ...older, last_activity_at: "2026-03-01T12:00:00Z" };
    const list = placeInList(page([first, older]), news, { status: "open,pending" }, "u1");
    expect(list.pages[0]?.items.map((c) => c.id)).toEqual(["old", "first"]);
  });

  it("let go of what no longer belongs", () => {
    const list = placeInList(page([older]), { ...older, status: "closed" }, { status: "open,pending" }, "u1");
    expect(list.pages[0]?.items).toEqual([]);
  });

  it("do not take in what belongs to somebody else", () => {
    const other = sampleConversation({ id: "x", assignee: { id: "u2", name: "Bruno" } });
    expect(placeInList(page([older]), other, { assignee: "me" }, "u1").pages[0]?.items).toEqual([older]);
  });

  it("keep a conversation just read in the unread filter until asked again", () => {
    const list = placeInList(page([older]), { ...older, unread_count: 0 }, { unread: true }, "u1");
    expect(list.pages[0]?.items).toHaveLength(1);
  });
});
