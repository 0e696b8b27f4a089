/** What of the outbox is not in the thread yet: the event line may be faster than the answer. */
import type { Message, MessageBody } from "@/api/types";
import type { OutboxEntry } from "./outbox-store";
import { child, text } from "./payload";

/** The words and the file by which a message is recognised. */
function marksOf(payload: unknown, type: string): string[] {
  const content = child(payload, type);
  return [
    text(content, "body") ?? text(content, "caption") ?? text(content, "emoji") ?? "",
    text(content, "id") ?? text(content, "name") ?? "",
  ];
}

function isTwin(message: Message, body: MessageBody): boolean {
  if (message.type !== body.type) return false;
  const wanted = marksOf(body, body.type);
  // A plain text is stored as its words alone.
  const known = message.payload === null ? [message.text ?? "", ""] : marksOf(message.payload, body.type);
  return wanted.every((mark, index) => mark === known[index]);
}

export function stillUnseen(entries: OutboxEntry[], messages: Message[], me: string): OutboxEntry[] {
  const taken = new Set<string>();
  return entries.filter((entry) => {
    if (entry.state !== "sending") return true;
    const since = Date.parse(entry.createdAt) - 5_000;
    const twin = messages.find(
      (message) =>
        message.direction === "out" &&
        message.author.id === me &&
        Date.parse(message.created_at) >= since &&
        !taken.has(message.id) &&
        isTwin(message, entry.body),
    );
    if (twin) taken.add(twin.id);
    return !twin;
  });
}
