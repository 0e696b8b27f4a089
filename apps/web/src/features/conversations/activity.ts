/** What was done to a conversation, put between the messages where it happened. */
import type { Activity, Message } from "@/api/types";
import { dayKey } from "@/lib/time";
import type { ThreadItem } from "./grouping";

function timeOf(item: ThreadItem): number {
  if (item.kind === "album") return Date.parse(item.messages[0]?.created_at ?? "");
  return Date.parse(item.kind === "message" ? item.message.created_at : item.at);
}

interface Loaded {
  messages: Message[];
  /** Whether the first and the last message of the thread are among them. */
  fromStart: boolean;
  toEnd: boolean;
}

/** What happened in the stretch that is loaded, the oldest first. */
function within(activity: Activity[], { messages, fromStart, toEnd }: Loaded): Activity[] {
  const first = fromStart ? Number.NEGATIVE_INFINITY : Date.parse(messages[0]?.created_at ?? "");
  const last = toEnd ? Number.POSITIVE_INFINITY : Date.parse(messages.at(-1)?.created_at ?? "");
  return activity
    .filter(({ at }) => Date.parse(at) >= first && Date.parse(at) <= last)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1));
}

/** The same rows with what was done between them; a day on which nothing but that happened gets its head. */
export function withActivity(
  items: ThreadItem[],
  activity: Activity[],
  loaded: Loaded,
  timeZone: string,
): ThreadItem[] {
  const done = within(activity, loaded).map(
    (one): ThreadItem => ({
      kind: "activity",
      key: one.id,
      at: one.at,
      activity: one,
    }),
  );
  if (done.length === 0) return items;
  const rows = [...items.filter(({ kind }) => kind !== "day"), ...done];
  // Sorting keeps the order of what happened at one time: first what was said, then what was done.
  rows.sort((a, b) => timeOf(a) - timeOf(b));
  const woven: ThreadItem[] = [];
  let day = "";
  for (const row of rows) {
    const key = dayKey(timeOf(row), timeZone);
    if (key !== day) woven.push({ kind: "day", key, at: new Date(timeOf(row)).toISOString() });
    day = key;
    woven.push(row);
  }
  return woven;
}
