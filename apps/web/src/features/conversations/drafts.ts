/**
 * Unsent words, kept per person, conversation and kind: a reload loses nothing, and two tabs show
 * the same. A draft is born with the idempotency key that its message will have, so that the same
 * draft sent from two tabs is one message.
 */
import { useSyncExternalStore } from "react";
import { readStored, writeStored } from "@/lib/storage";

/** What the server keeps as well. */
export type ServerKind = "reply" | "note";
export type DraftKind = ServerKind | "start";

/** A file that the server has and that no message carries yet. */
export interface DraftFile {
  id: string;
  kind: string;
  name: string;
  size: number;
}

/** The message that is being answered. */
interface DraftQuote {
  wamid: string;
  words: string;
}

export interface Draft {
  key: string;
  text: string;
  file: DraftFile | null;
  /** Files beyond the first. */
  moreFiles: DraftFile[];
  quote: DraftQuote | null;
  /** When it is to go out; null: at once. */
  sendAt: string | null;
}

export const EMPTY: Draft = { key: "", text: "", file: null, moreFiles: [], quote: null, sendAt: null };

const shown = new Map<string, Draft>();
const listeners = new Set<() => void>();

function notify(): void {
  for (const listener of listeners) listener();
}

window.addEventListener("storage", (event) => {
  if (event.key !== null && !shown.has(event.key)) return;
  if (event.key === null) shown.clear();
  else shown.set(event.key, parse(event.newValue));
  notify();
});

function parse(stored: string | null): Draft {
  if (!stored) return EMPTY;
  try {
    const draft = JSON.parse(stored) as Partial<Draft> | null;
    if (typeof draft?.text === "string" && typeof draft.key === "string") return { ...EMPTY, ...draft };
  } catch {
    // Words that an earlier release kept, without anything around them.
  }
  return { ...EMPTY, key: crypto.randomUUID(), text: stored };
}

function read(at: string): Draft {
  const known = shown.get(at);
  if (known) return known;
  const draft = parse(readStored(at));
  shown.set(at, draft);
  return draft;
}

export function isEmpty({ text, file, quote, sendAt }: Draft): boolean {
  return !text && !file && !quote && !sendAt;
}

function write(at: string, change: Partial<Omit<Draft, "key">>): void {
  // Both tabs write the same draft, under one key. Once it has been sent what is written is another.
  const stored = readStored(at);
  const key = stored ? parse(stored).key : crypto.randomUUID();
  const next = { ...read(at), ...change, key };
  const kept = isEmpty(next) ? EMPTY : next;
  shown.set(at, kept);
  writeStored(at, kept === EMPTY ? null : JSON.stringify(kept));
  notify();
}

/** Hands the draft over to be sent; what is written next is another message. */
function take(at: string): Draft {
  const draft = read(at);
  shown.set(at, EMPTY);
  writeStored(at, null);
  notify();
  return draft;
}

function replace(at: string, draft: Draft): void {
  const kept = isEmpty(draft) ? EMPTY : draft;
  shown.set(at, kept);
  writeStored(at, kept === EMPTY ? null : JSON.stringify(kept));
  notify();
}

function place(owner: string, about: string, kind: DraftKind): string {
  return `centralita.draft.${owner}.${kind}.${about}`;
}

/** A draft for whoever brings it to the server and back. */
export function draftAt(owner: string, about: string, kind: ServerKind) {
  const at = place(owner, about, kind);
  return { read: () => read(at), replace: (draft: Draft) => replace(at, draft) };
}

/** How one's own draft in a conversation begins; empty where there is none. */
export function useDraftWords(owner: string, conversation: string): string {
  return useSyncExternalStore(subscribe, () => {
    const reply = read(place(owner, conversation, "reply"));
    return reply.text || read(place(owner, conversation, "note")).text;
  });
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useDraft(owner: string, about: string, kind: DraftKind) {
  const at = place(owner, about, kind);
  const draft = useSyncExternalStore(subscribe, () => read(at));
  return {
    draft,
    write: (change: Partial<Omit<Draft, "key">>) => write(at, change),
    take: () => take(at),
    /** Adds a file to whatever the draft has by then, also where nobody looks at it any more. */
    addFile: (added: DraftFile) => {
      const { file, moreFiles } = read(at);
      write(at, file ? { moreFiles: [...moreFiles, added] } : { file: added });
    },
  };
}
