/** Turns messages into what the thread draws: day separators and bubbles that belong together. */
import type { Message } from "@/api/types";
import { sameDay } from "@/lib/time";
import { isLine } from "./fold";
import { senderKey } from "./payload";

export type ThreadItem =
  | { kind: "day"; key: string; at: string }
  | { kind: "message"; key: string; message: Message; first: boolean; last: boolean };

const TOGETHER = 3 * 60_000;

function belongTogether(a: Message, b: Message, timeZone: string): boolean {
  return (
    !isLine(a) &&
    !isLine(b) &&
    a.direction === b.direction &&
    a.author?.kind === b.author?.kind &&
    a.author?.id === b.author?.id &&
    senderKey(a.payload) === senderKey(b.payload) &&
    Math.abs(Date.parse(b.created_at) - Date.parse(a.created_at)) < TOGETHER &&
    sameDay(a.created_at, b.created_at, timeZone)
  );
}

/** Messages oldest first; times in the tenant's zone decide where a day begins. */
export function groupMessages(messages: Message[], timeZone: string): ThreadItem[] {
  const items: ThreadItem[] = [];
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    if (!before || !sameDay(before.created_at, message.created_at, timeZone)) {
      items.push({ kind: "day", key: `day-${message.id}`, at: message.created_at });
    }
    items.push({
      kind: "message",
      key: message.id,
      message,
      first: !before || !belongTogether(before, message, timeZone),
      last: !after || !belongTogether(message, after, timeZone),
    });
  });
  return items;
}
