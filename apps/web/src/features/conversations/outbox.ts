/**
 * Messages on their way to the server: shown at once, sent in order, kept until the answer is
 * certain. A message keeps its idempotency key while it is unknown whether the server has it, so
 * that sending again, from whatever tab and after whatever reload, can never double it; after a
 * refusal it gets a new one.
 */
import { useSyncExternalStore } from "react";
import type { Message, MessageBody } from "@/api/types";
import { asProblem, type ProblemError } from "@/lib/problem";
import type { OutboxEntry, OutboxStore } from "./outbox-store";

interface OutboxOptions {
  post: (conversationId: string, body: MessageBody, key: string) => Promise<Message>;
  onAccepted: (message: Message) => void;
  /** Runs `work` while no other tab works at the same key. */
  exclusively?: (key: string, work: () => Promise<void>) => Promise<void>;
}

const NONE: OutboxEntry[] = [];
const MAX_DELAY = 30_000;

/** Whether the server may have the message although it was not answered with it. */
function isUncertain({ status }: Pick<ProblemError, "status">): boolean {
  return status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;
}

/** Whether it passes by itself, so that trying again needs nobody. */
function isPassing(problem: ProblemError): boolean {
  return isUncertain(problem) && problem.status !== 500;
}

export class Outbox {
  private entries = new Map<string, OutboxEntry[]>();
  private queues = new Map<string, Promise<void>>();
  private listeners = new Set<() => void>();
  private store: OutboxStore | null = null;
  private unwatch: (() => void) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  constructor(private readonly options: OutboxOptions) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  of(conversationId: string): OutboxEntry[] {
    return this.entries.get(conversationId) ?? NONE;
  }

  /** Takes up what somebody left when the page was closed. What was on its way is sent again. */
  open(store: OutboxStore): void {
    this.close();
    this.store = store;
    this.unwatch = store.watch(() => this.forgetDone());
    for (const kept of store.all()) {
      const entry = kept.state === "sending" ? { ...kept, state: "waiting" as const } : kept;
      this.change(entry.conversationId, (list) => [...list, entry]);
    }
    this.flush();
  }

  /** Leaves what waits where it is kept, for the one who wrote it. */
  close(): void {
    this.unwatch?.();
    this.unwatch = null;
    this.store = null;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.entries.clear();
    this.notify();
  }

  /** A key that is on its way already is not sent a second time: two clicks are one message. */
  send(conversationId: string, body: MessageBody, key: string): void {
    if (this.of(conversationId).some((entry) => entry.key === key)) return;
    const createdAt = new Date().toISOString();
    const entry: OutboxEntry = { key, conversationId, body, createdAt, state: "sending", problem: null };
    this.store?.put(entry);
    this.change(conversationId, (list) => [...list, entry]);
    this.enqueue(entry);
  }

  /** Resolves once everything of a conversation has been tried: whether the server has all of it. */
  async emptied(conversationId: string): Promise<boolean> {
    await this.queues.get(conversationId);
    return this.of(conversationId).length === 0;
  }

  retry(entry: OutboxEntry): void {
    // Another tab may have brought it through since.
    if (this.store && !this.store.holds(entry.key)) {
      this.discard(entry);
      return;
    }
    const key = entry.problem && !isUncertain(entry.problem) ? crypto.randomUUID() : entry.key;
    const again: OutboxEntry = { ...entry, key, state: "sending", problem: null };
    if (key !== entry.key) this.store?.drop(entry.key);
    this.store?.put(again);
    this.change(entry.conversationId, (list) => list.map((item) => (item.key === entry.key ? again : item)));
    this.enqueue(again);
  }

  discard(entry: OutboxEntry): void {
    this.store?.drop(entry.key);
    this.change(entry.conversationId, (list) => list.filter((item) => item.key !== entry.key));
  }

  /** Sends what waited for the connection. */
  flush = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const list of [...this.entries.values()]) {
      for (const entry of list) if (entry.state === "waiting") this.retry(entry);
    }
  };

  private notify(): void {
    for (const listener of this.listeners) listener();
  }

  private change(conversationId: string, update: (list: OutboxEntry[]) => OutboxEntry[]): void {
    this.entries.set(conversationId, update(this.of(conversationId)));
    this.notify();
  }

  private forgetDone(): void {
    const { store } = this;
    if (!store) return;
    for (const [id, list] of this.entries) {
      if (list.some((entry) => !store.holds(entry.key))) {
        this.change(id, (known) => known.filter((entry) => store.holds(entry.key)));
      }
    }
  }

  private enqueue(entry: OutboxEntry): void {
    const before = this.queues.get(entry.conversationId) ?? Promise.resolve();
    const exclusively = this.options.exclusively ?? ((_key, work) => work());
    this.queues.set(
      entry.conversationId,
      before.then(() => exclusively(entry.key, () => this.deliver(entry))),
    );
  }

  private async deliver(entry: OutboxEntry): Promise<void> {
    const list = this.of(entry.conversationId);
    const at = list.findIndex((item) => item.key === entry.key);
    if (at < 0) return;
    if (this.store && !this.store.holds(entry.key)) return this.discard(entry);
    // What was written first goes first.
    if (list.slice(0, at).some((item) => item.state === "waiting"))
      return this.settle(entry, "waiting", null);
    try {
      const message = await this.options.post(entry.conversationId, entry.body, entry.key);
      this.failures = 0;
      this.options.onAccepted(message);
      this.discard(entry);
    } catch (error) {
      const problem = asProblem(error);
      this.settle(entry, isPassing(problem) ? "waiting" : "failed", problem);
      if (isPassing(problem)) this.flushLater(problem.retryAfter);
    }
  }

  private settle(entry: OutboxEntry, state: OutboxEntry["state"], problem: ProblemError | null): void {
    const settled = { ...entry, state, problem };
    if (!this.of(entry.conversationId).some((item) => item.key === entry.key)) return;
    this.store?.put(settled);
    this.change(entry.conversationId, (list) =>
      list.map((item) => (item.key === entry.key ? settled : item)),
    );
  }

  /** The browser does not always say that the connection is back. */
  private flushLater(seconds: number | null): void {
    const delay = seconds === null ? Math.min(MAX_DELAY, 2_000 * 2 ** this.failures) : seconds * 1_000;
    this.failures += 1;
    this.timer ??= setTimeout(this.flush, delay);
  }
}

export function useOutboxEntries(outbox: Outbox, conversationId: string): OutboxEntry[] {
  return useSyncExternalStore(outbox.subscribe, () => outbox.of(conversationId));
}
