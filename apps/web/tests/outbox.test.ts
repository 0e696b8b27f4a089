/** A reply is shown at once, sent once, and never lost. */
import { describe, expect, it, vi } from "vitest";
import { Outbox, stillUnseen } from "@/features/conversations/outbox";
import { ProblemError } from "@/lib/problem";
import { sampleMessage } from "./samples";

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

function outboxWith(
  post: (id: string, text: string, key: string) => Promise<ReturnType<typeof sampleMessage>>,
) {
  const onAccepted = vi.fn();
  const spy = vi.fn(post);
  return { outbox: new Outbox({ post: spy, onAccepted }), post: spy, onAccepted };
}

describe("outbox", () => {
  it("shows a reply while it is on its way and lets go when the server has it", async () => {
    const { outbox, onAccepted } = outboxWith(async () => sampleMessage());
    outbox.send("v1", "Hola");
    expect(outbox.of("v1")).toMatchObject([{ text: "Hola", state: "sending" }]);
    await settle();
    expect(outbox.of("v1")).toEqual([]);
    expect(onAccepted).toHaveBeenCalledWith(expect.objectContaining({ id: "m1" }));
  });

  it("keeps a reply without a connection and sends it later under the same key", async () => {
    let offline = true;
    const { outbox, post } = outboxWith(async () => {
      if (offline) throw new TypeError("Failed to fetch");
      return sampleMessage();
    });
    outbox.send("v1", "Hola");
    await settle();
    expect(outbox.of("v1")).toMatchObject([{ state: "waiting" }]);
    offline = false;
    outbox.flush();
    await settle();
    expect(outbox.of("v1")).toEqual([]);
    expect(post.mock.calls[1]?.[2]).toBe(post.mock.calls[0]?.[2]);
  });

  it("shows a refusal with its reason, and tries again under a new key", async () => {
    const { outbox, post } = outboxWith(async () => {
      throw new ProblemError({ code: "window_closed" }, 409);
    });
    outbox.send("v1", "Hola");
    await settle();
    const [entry] = outbox.of("v1");
    expect(entry?.state).toBe("failed");
    expect(entry?.problem?.code).toBe("window_closed");
    if (entry) outbox.retry(entry);
    await settle();
    expect(post.mock.calls[1]?.[2]).not.toBe(post.mock.calls[0]?.[2]);
  });

  it("sends what was written in the order it was written", async () => {
    const order: string[] = [];
    const { outbox } = outboxWith(async (_id, text) => {
      await settle();
      order.push(text);
      return sampleMessage();
    });
    outbox.send("v1", "uno");
    outbox.send("v1", "dos");
    await settle();
    await settle();
    await settle();
    expect(order).toEqual(["uno", "dos"]);
  });

  it("does not show a reply twice when the event line is faster than the answer", () => {
    const entry = {
      key: "k",
      conversationId: "v1",
      text: "Hola",
      createdAt: "2026-03-01T12:00:00Z",
      state: "sending" as const,
      problem: null,
    };
    expect(stillUnseen([entry], [sampleMessage()], "u1")).toEqual([]);
    expect(stillUnseen([entry, { ...entry, key: "k2" }], [sampleMessage()], "u1")).toHaveLength(1);
  });
});
