/** Turns messages into what the thread draws: day separators, bubbles that belong together, albums. */
import type { Activity, Message } from "@/api/types";
import { dayKey, sameDay } from "@/lib/time";
import { type Fold, isLine } from "./fold";
import { child, senderKey } from "./payload";

/** What is said in a thread. */
export type Said =
  | { kind: "day"; key: string; at: string }
  | { kind: "message"; key: string; message: Message; first: boolean; last: boolean }
  | { kind: "album"; key: string; messages: Message[]; first: boolean; last: boolean };

/** The same, and what is done to it. */
export type ThreadItem = Said | { kind: "activity"; key: string; at: string; activity: Activity };

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

/** Pictures follow each other within this time to be one album. */
const ALBUM = 60_000;
const ARRIVED = new Set(["received", "accepted", "sent", "delivered", "read"]);

/** Whether there is a picture or film to show, with no words, quote or trouble of its own. */
function isPlainPicture(message: Message, fold: Fold | undefined): boolean {
  const { type, media, text, context, payload, status } = message;
  return (
    (type === "image" || type === "video") &&
    media?.state === "stored" &&
    media.shown &&
    !text &&
    !context &&
    !child(payload, "referral") &&
    !fold?.revoke &&
    !fold?.edit &&
    ARRIVED.has(status)
  );
}

/** How many from `start` on are one album; one or none is no album. */
function albumLength(messages: Message[], start: number, folds: Map<string, Fold>, timeZone: string): number {
  let end = start;
  for (const message of messages.slice(start)) {
    const before = messages[end - 1];
    const apart = before && end > start ? Date.parse(message.created_at) - Date.parse(before.created_at) : 0;
    if (!isPlainPicture(message, folds.get(message.id)) || apart > ALBUM) break;
    if (before && end > start && !belongTogether(before, message, timeZone)) break;
    end += 1;
  }
  return end - start;
}

/** Messages oldest first; times in the tenant's zone decide where a day begins. */
export function groupMessages(
  messages: Message[],
  timeZone: string,
  folds: Map<string, Fold> = new Map(),
): Said[] {
  const items: Said[] = [];
  for (let index = 0; index < messages.length; ) {
    const message = messages[index];
    if (!message) break;
    const length = Math.max(1, albumLength(messages, index, folds, timeZone));
    const album = messages.slice(index, index + length);
    const before = messages[index - 1];
    const after = messages[index + length];
    if (!before || !sameDay(before.created_at, message.created_at, timeZone)) {
      items.push({
        kind: "day",
        key: dayKey(Date.parse(message.created_at), timeZone),
        at: message.created_at,
      });
    }
    const first = !before || !belongTogether(before, message, timeZone);
    const last = !after || !belongTogether(album.at(-1) ?? message, after, timeZone);
    if (length > 1) items.push({ kind: "album", key: message.id, messages: album, first, last });
    else items.push({ kind: "message", key: message.id, message, first, last });
    index += length;
  }
  return items;
}

/** The same day by day, each with its own head. */
export function byDay(items: ThreadItem[]): ThreadItem[][] {
  const days: ThreadItem[][] = [];
  for (const item of items) {
    if (item.kind === "day" || days.length === 0) days.push([]);
    days.at(-1)?.push(item);
  }
  return days;
}
