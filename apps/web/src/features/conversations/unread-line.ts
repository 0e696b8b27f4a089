/** Where what is new begins in a conversation that was opened with something unread. */
import { useMemo, useState } from "react";
import type { Message } from "@/api/types";

/** What counts as something to read: neither notices nor what changes another message. */
const SILENT = new Set(["reaction", "edit", "revoke", "system", "request_welcome"]);

function isNews({ direction, type }: Message): boolean {
  return direction === "in" && !SILENT.has(type);
}

/**
 * The id of the first unread message; null where there is none, or it is not loaded yet. It stays
 * although the conversation counts as read now, until somebody here answers.
 */
export function useFirstUnread(messages: Message[], unread: number, me: string): string | null {
  const [first, setFirst] = useState<string | null>(null);
  if (!first && unread > 0) {
    const found = messages.filter(isNews).at(-unread);
    if (found) setFirst(found.id);
  }
  return useMemo(() => {
    const start = messages.findIndex(({ id }) => id === first);
    if (start < 0) return null;
    const answered = messages
      .slice(start)
      .some(({ direction, author }) => direction === "out" && author.id === me);
    return answered ? null : first;
  }, [messages, first, me]);
}
