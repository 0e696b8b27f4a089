/** Unsent words, kept per person, conversation and kind, so that a reload loses nothing. */
import { useState } from "react";
import { readStored, writeStored } from "@/lib/storage";

export type DraftKind = "reply" | "note";

export function useDraft(owner: string, conversationId: string, kind: DraftKind) {
  const key = `centralita.draft.${owner}.${kind}.${conversationId}`;
  const [text, setText] = useState(() => readStored(key) ?? "");
  function write(next: string): void {
    setText(next);
    writeStored(key, next || null);
  }
  return [text, write] as const;
}
