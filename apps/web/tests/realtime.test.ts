/** The event line comes back by itself and knows what it missed. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoffDelay, type Neighbour, openRealtime, type RealtimeEvent } from "@/lib/realtime";

class FakeSocket {
  static readonly OPEN = 1;
  static opened: FakeSocket[] = [];
  readonly readyState = FakeSocket.OPEN;
  readonly said: unknown[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((closed: { code: number }) => unknown) | null = null;
  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    FakeSocket.opened.push(this);
  }
  close(): void {
    this.onclose?.({ code: 1000 });
  }
  send(words: string): void {
    this.said.push(JSON.parse(words));
  }
  says(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const last = () => {
  const socket = FakeSocket.opened.at(-1);
  if (!socket) throw new Error("no line was opened");
  return socket;
};

function open(renew = async () => true) {
  const events: RealtimeEvent[] = [];
  const states: string[] = [];
  const onResync = vi.fn();
  const here: [string, Neighbour[]][] = [];
  const line = openRealtime({
    url: (since) => `ws://desk/api/events${since === null ? "" : `?since=${since}`}`,
    token: async () => "token",
    renew,
    onEvent: (event) => events.push(event),
    onResync,
    onState: (state) => states.push(state),
    onHere: (conversation, people) => here.push([conversation, people]),
    onOnline: () => undefined,
    random: () => 0,
  });
  return { events, states, onResync, here, ...line };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.opened = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("event line", () => {
  it("carries the token as a subprotocol and passes events on", async () => {
    const desk = open();
    await vi.advanceTimersByTimeAsync(0);
    expect(last().protocols).toEqual(["centralita.v1", "bearer.token"]);
    last().says({ type: "hello", seq: 4 });
    last().says({ type: "event", seq: 5, event: "message.created", conversation_id: "v1", message_id: "m1" });
    expect(desk.states.at(-1)).toBe("online");
    expect(desk.events).toEqual([{ event: "message.created", conversation_id: "v1", message_id: "m1" }]);
    desk.hangUp();
  });

  it("comes back after a break, from where it was", async () => {
    const desk = open();
    await vi.advanceTimersByTimeAsync(0);
    last().says({ type: "hello", seq: 4 });
    last().says({ type: "event", seq: 9, event: "conversation.updated", conversation_id: "v1" });
    last().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(0);
    expect(desk.states.at(-1)).toBe("offline");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(last().url).toBe("ws://desk/api/events?since=9");
    desk.hangUp();
  });

  it("asks for everything again when told that it missed too much", async () => {
    const desk = open();
    await vi.advanceTimersByTimeAsync(0);
    last().says({ type: "hello", seq: 4 });
    desk.onResync.mockClear();
    last().says({ type: "resync", seq: 40 });
    expect(desk.onResync).toHaveBeenCalledOnce();
    desk.hangUp();
  });

  it("says where the person looks, and says it again on a new line", async () => {
    const desk = open();
    await vi.advanceTimersByTimeAsync(0);
    last().says({ type: "hello", seq: 4 });
    desk.look({ conversation: "v1", typing: true });
    const look = { type: "look", conversation_id: "v1", typing: true };
    expect(last().said).toEqual([look]);
    const people = [{ id: "u2", name: "Ana", typing: false }];
    last().says({ type: "here", conversation_id: "v1", people });
    expect(desk.here).toEqual([["v1", people]]);
    last().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(last().said).toEqual([]);
    last().says({ type: "hello", seq: 4 });
    expect(last().said).toEqual([look]);
    desk.hangUp();
  });

  it("finds out that a line is dead which nobody closed, and opens another", async () => {
    const desk = open();
    await vi.advanceTimersByTimeAsync(0);
    last().says({ type: "hello", seq: 4 });
    await vi.advanceTimersByTimeAsync(25_000);
    expect(last().said).toEqual([{ type: "ping" }]);
    last().says({ type: "pong", seq: 4 });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(FakeSocket.opened).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5_000);
    const dead = last();
    expect(dead.said).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(desk.states.at(-1)).toBe("offline");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(last()).not.toBe(dead);
    expect(last().url).toBe("ws://desk/api/events?since=4");
    last().says({ type: "hello", seq: 4 });
    expect(desk.states.at(-1)).toBe("online");
    desk.hangUp();
  });

  it("asks at once when the page is seen again", async () => {
    const desk = open();
    await vi.advanceTimersByTimeAsync(0);
    last().says({ type: "hello", seq: 4 });
    document.dispatchEvent(new Event("visibilitychange"));
    expect(last().said).toEqual([{ type: "ping" }]);
    desk.hangUp();
  });

  it("stays silent once the session is over", async () => {
    const desk = open(async () => false);
    await vi.advanceTimersByTimeAsync(0);
    last().onclose?.({ code: 4401 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.opened).toHaveLength(1);
    desk.hangUp();
  });

  it("waits longer each time, never beyond twenty seconds, and not everybody alike", () => {
    expect(backoffDelay(0, () => 1)).toBe(750);
    expect(backoffDelay(20, () => 1)).toBe(20_250);
    expect(backoffDelay(3, () => 0)).toBe(250);
  });
});
