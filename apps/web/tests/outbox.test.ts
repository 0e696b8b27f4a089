/** A reply is shown at once, sent once, and never lost. */
import { describe, expect, it, vi } from "vitest";
import type { Message, MessageBody } from "@/api/types";
import { Outbox } from "@/features/conversations/outbox";
import { browserStore, type OutboxEntry } from "@/features/conversations/outbox-store";
import { stillUnseen } from "@/features/conversations/unseen";
import { ProblemError } from "@/lib/problem";
import { sampleMessage } from "./samples";

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const words = (body: string): MessageBody => ({ type: "text", text: { body } });

type Post = (id: string, body: MessageBody, key: string) => Promise<Message>;

function outboxWith(post: Post) {
  const onAccepted = vi.fn();
  const spy = vi.fn(post);
  return { outbox: new Outbox({ post: spy, onAccepted }), post: spy, onAccepted };
}

/** The same browser after a reload: nothing but what it kept. */
function reloaded(post: Post, owner = "u1") {
  const made = outboxWith(post);
  made.outbox.open(browserStore(owner));
  return made;
}

const lost: Post = async () => {
  throw new TypeError("Failed to fetch");
};

describe("outbox", () => {
  it("shows a reply while it is on its way and lets go when the server has it", async () => {
    const { outbox, onAccepted } = outboxWith(async () => sampleMessage());
    outbox.send("v1", words("Hola"), "Hola");
    expect(outbox.of("v1")).toMatchObject([{ body: words("Hola"), state: "sending" }]);
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
    outbox.send("v1", words("Hola"), "Hola");
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
    outbox.send("v1", words("Hola"), "Hola");
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
    const { outbox } = outboxWith(async (_id, _body, key) => {
      await settle();
      order.push(key);
      return sampleMessage();
    });
    outbox.send("v1", words("uno"), "uno");
    outbox.send("v1", words("dos"), "dos");
    await settle();
    await settle();
    await settle();
    expect(order).toEqual(["uno", "dos"]);
  });

  it("takes one key once: two clicks are one message", async () => {
    const { outbox, post } = outboxWith(async () => sampleMessage());
    outbox.send("v1", words("Hola"), "k");
    outbox.send("v1", words("Hola"), "k");
    await settle();
    await settle();
    expect(post).toHaveBeenCalledTimes(1);
  });

  it("lets nothing overtake what still waits", async () => {
    const order: string[] = [];
    let offline = true;
    const { outbox } = outboxWith(async (_id, _body, key) => {
      if (offline && key === "one") throw new TypeError("Failed to fetch");
      order.push(key);
      return sampleMessage();
    });
    outbox.send("v1", words("uno"), "one");
    outbox.send("v1", words("dos"), "two");
    await settle();
    await settle();
    expect(order).toEqual([]);
    offline = false;
    outbox.flush();
    await settle();
    await settle();
    expect(order).toEqual(["one", "two"]);
  });
});

describe("what was written", () => {
  it("survives a reload and is sent under the key it had", async () => {
    const before = reloaded(lost);
    before.outbox.send("v1", words("Hola"), "k");
    await settle();
    before.outbox.close();
    const after = reloaded(async () => sampleMessage());
    expect(after.outbox.of("v1")).toMatchObject([{ key: "k", body: words("Hola") }]);
    await settle();
    expect(after.post.mock.calls.map((call) => call[2])).toEqual(["k"]);
    await settle();
    expect(reloaded(lost).outbox.of("v1")).toEqual([]);
  });

  it("also when the page went away before the answer came", async () => {
    const before = reloaded(() => new Promise(() => undefined));
    before.outbox.send("v1", words("Hola"), "k");
    await settle();
    const after = reloaded(async () => sampleMessage());
    await settle();
    expect(after.post).toHaveBeenCalledWith("v1", words("Hola"), "k");
  });

  it("keeps a refusal and its reason, and does not send it again by itself", async () => {
    const before = reloaded(async () => {
      throw new ProblemError({ code: "window_closed" }, 409);
    });
    before.outbox.send("v1", words("Hola"), "k");
    await settle();
    const after = reloaded(async () => sampleMessage());
    await settle();
    expect(after.post).not.toHaveBeenCalled();
    expect(after.outbox.of("v1")[0]?.problem?.code).toBe("window_closed");
  });

  it("waits for the one who wrote it", async () => {
    const ana = reloaded(lost, "ana");
    ana.outbox.send("v1", words("Hola"), "k");
    await settle();
    ana.outbox.close();
    const bruno = reloaded(async () => sampleMessage(), "bruno");
    await settle();
    expect(bruno.post).not.toHaveBeenCalled();
    expect(bruno.outbox.of("v1")).toEqual([]);
  });

  it("is not sent by a tab once another one has brought it through", async () => {
    const here = reloaded(lost);
    here.outbox.send("v1", words("Hola"), "k");
    await settle();
    browserStore("u1").drop("k");
    here.post.mockClear();
    here.outbox.flush();
    await settle();
    expect(here.post).not.toHaveBeenCalled();
    expect(here.outbox.of("v1")).toEqual([]);
  });

  it("is held in memory where nothing can be stored", async () => {
    const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    const { outbox, post } = reloaded(async () => sampleMessage());
    outbox.send("v1", words("Hola"), "k");
    await settle();
    full.mockRestore();
    expect(post).toHaveBeenCalledTimes(1);
  });
});

describe("what the event line brought first", () => {
  const entry = (change: Partial<OutboxEntry> = {}): OutboxEntry => ({
    key: "k",
    conversationId: "v1",
    body: words("Hola"),
    createdAt: "2026-03-01T12:00:00Z",
    state: "sending",
    problem: null,
    ...change,
  });

  it("is not shown twice", () => {
    expect(stillUnseen([entry()], [sampleMessage()], "u1")).toEqual([]);
    expect(stillUnseen([entry(), entry({ key: "k2" })], [sampleMessage()], "u1")).toHaveLength(1);
  });

  it("is told apart by its file", () => {
    const image = (id: string) => ({ type: "image", image: { id, caption: "Hola" } });
    const { type, ...payload } = image("f1");
    const message = sampleMessage({ type, text: "Hola", payload });
    expect(stillUnseen([entry({ body: image("f1") })], [message], "u1")).toEqual([]);
    expect(stillUnseen([entry({ body: image("f2") })], [message], "u1")).toHaveLength(1);
  });
});
