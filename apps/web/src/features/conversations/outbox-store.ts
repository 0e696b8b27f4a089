/**
 * Where replies wait that the server is not known to have: in the browser's storage, one entry a
 * key, so that they survive a reload and two tabs never overwrite each other's.
 */
import type { MessageBody } from "@/api/types";
import { ProblemError } from "@/lib/problem";

/** A message on its way to the server. */
export interface OutboxEntry {
  key: string;
  conversationId: string;
  body: MessageBody;
  createdAt: string;
  state: "sending" | "waiting" | "failed";
  problem: ProblemError | null;
}

export interface OutboxStore {
  all: () => OutboxEntry[];
  put: (entry: OutboxEntry) => void;
  drop: (key: string) => void;
  /** Whether it still waits: false once another tab has brought it to its end. */
  holds: (key: string) => boolean;
  /** Called when another tab changed something; returns how to stop. */
  watch: (changed: () => void) => () => void;
}

type Kept = Omit<OutboxEntry, "problem"> & {
  problem: Pick<ProblemError, "code" | "status" | "fields"> | null;
};

/** What one person writes waits for that person alone. */
export function browserStore(owner: string): OutboxStore {
  const prefix = `centralita.outbox.${owner}.`;
  // What could not be written, in a private window or on a full disk, is this tab's alone.
  const written = new Set<string>();
  return {
    all: () => readAll(prefix),
    put: ({ problem, ...entry }) => {
      const kept: Kept = {
        ...entry,
        problem: problem && { code: problem.code, status: problem.status, fields: problem.fields },
      };
      try {
        localStorage.setItem(prefix + entry.key, JSON.stringify(kept));
        written.add(entry.key);
      } catch {
        written.delete(entry.key);
      }
    },
    drop: (key) => {
      written.delete(key);
      try {
        localStorage.removeItem(prefix + key);
      } catch {
        // It was never there.
      }
    },
    holds: (key) => {
      try {
        return !written.has(key) || localStorage.getItem(prefix + key) !== null;
      } catch {
        return true;
      }
    },
    watch: (changed) => {
      const listen = (event: StorageEvent) => {
        if (event.key === null || event.key.startsWith(prefix)) changed();
      };
      window.addEventListener("storage", listen);
      return () => window.removeEventListener("storage", listen);
    },
  };
}

function readAll(prefix: string): OutboxEntry[] {
  const entries: OutboxEntry[] = [];
  try {
    for (const key of Object.keys(localStorage)) {
      const entry = key.startsWith(prefix) ? revive(localStorage.getItem(key)) : null;
      if (entry) entries.push(entry);
    }
  } catch {
    return [];
  }
  return entries.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || (a.key < b.key ? -1 : 1));
}

function revive(stored: string | null): OutboxEntry | null {
  try {
    const { problem, ...entry } = JSON.parse(stored ?? "null") as Kept;
    if (!entry.key || !entry.conversationId || !entry.body?.type) return null;
    return { ...entry, problem: problem && reviveProblem(problem) };
  } catch {
    return null;
  }
}

function reviveProblem({ code, status, fields }: NonNullable<Kept["problem"]>): ProblemError {
  return new ProblemError({ code, errors: fields }, status);
}
