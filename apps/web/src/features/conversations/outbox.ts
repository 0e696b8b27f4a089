/**
 * Replies on their way: shown at once, sent in order, kept when the line is down.
 * A reply keeps its idempotency key while it is unknown whether the server saw it, so that
 * sending again can never double it; after a refusal it gets a new one.
 */
import { useSyncExternalStore } from "react";
import type { Message } from "@/api/types";
import { asProblem, type ProblemError } from "@/lib/problem";

export interface OutboxEntry {
  key: string;
  conversationId: string;
  text: string;
  createdAt: string;
  state: "sending" | "waiting" | "failed";
  problem: ProblemError | null;
}

interface OutboxOptions {
  post: (conversationId: string, text: string, key: string) => Promise<Message>;
  onAccepted: (message: Message) => void;
}

const NONE: OutboxEntry[] = [];

export class Outbox {
  private entries = new Map<string, OutboxEntry[]>();
  private queues = new Map<string, Promise<void>>();
  private listeners = new Set<() => void>();

  constructor(private readonly options: OutboxOptions) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  of(conversationId: string): OutboxEntry[] {
    return this.entries.get(conversationId) ?? NONE;
  }

  send(conversationId: string, text: string): void {
    const entry: OutboxEntry = {
      key: crypto.randomUUID(),
      conversationId,
      text,
      createdAt: new Date().toISOString(),
      state: "sending",
      problem: null,
    };
    this.change(conversationId, (list) => [...list, entry]);
    this.enqueue(entry);
  }

  retry(entry: OutboxEntry): void {
    const unknownFate = entry.problem === null || entry.problem.status === 0 || entry.problem.status >= 500;
    const again: OutboxEntry = {
      ...entry,
      key: unknownFate ? entry.key : crypto.randomUUID(),
      state: "sending",
      problem: null,
    };
    this.change(entry.conversationId, (list) => list.map((item) => (item.key === entry.key ? again : item)));
    this.enqueue(again);
  }

  discard(entry: OutboxEntry): void {
    this.change(entry.conversationId, (list) => list.filter((item) => item.key !== entry.key));
  }

  /** Sends what waited for the connection. */
  flush = (): void => {
    for (const list of this.entries.values()) {
      for (const entry of list) if (entry.state === "waiting") this.retry(entry);
    }
  };

  clear(): void {
    this.entries.clear();
    for (const notify of this.listeners) notify();
  }

  private change(conversationId: string, update: (list: OutboxEntry[]) => OutboxEntry[]): void {
    this.entries.set(conversationId, update(this.of(conversationId)));
    for (const notify of this.listeners) notify();
  }

  private enqueue(entry: OutboxEntry): void {
    const before = this.queues.get(entry.conversationId) ?? Promise.resolve();
    this.queues.set(
      entry.conversationId,
      before.then(() => this.deliver(entry)),
    );
  }

  private async deliver(entry: OutboxEntry): Promise<void> {
    try {
      const message = await this.options.post(entry.conversationId, entry.text, entry.key);
      this.options.onAccepted(message);
      this.discard(entry);
    } catch (error) {
      const problem = asProblem(error);
      const state = problem.code === "network" ? ("waiting" as const) : ("failed" as const);
      this.change(entry.conversationId, (list) =>
        list.map((item) => (item.key === entry.key ? { ...item, state, problem } : item)),
      );
    }
  }
}

export function useOutboxEntries(outbox: Outbox, conversationId: string): OutboxEntry[] {
  return useSyncExternalStore(outbox.subscribe, () => outbox.of(conversationId));
}

/** Hides entries whose message the event line brought before the answer to the request did. */
export function stillUnseen(entries: OutboxEntry[], messages: Message[], me: string): OutboxEntry[] {
  const taken = new Set<string>();
  return entries.filter((entry) => {
    if (entry.state !== "sending") return true;
    const since = Date.parse(entry.createdAt) - 5_000;
    const twin = messages.find(
      (m) =>
        m.direction === "out" &&
        m.author?.id === me &&
        m.text === entry.text &&
        Date.parse(m.created_at) >= since &&
        !taken.has(m.id),
    );
    if (twin) taken.add(twin.id);
    return !twin;
  });
}
