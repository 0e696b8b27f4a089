/** Reactions, edits and deletions are messages of their own: here they find the one they are about. */
import type { Message } from "@/api/types";
import { senderKey } from "./payload";

export interface Fold {
  /** The newest of each person, oldest first; those taken back are gone. */
  reactions: Message[];
  edit: Message | null;
  revoke: Message | null;
}

export interface FoldedThread {
  /** What is drawn; a change whose message is not loaded stays, as a line of its own. */
  shown: Message[];
  folds: Map<string, Fold>;
}

const CHANGES = new Set(["reaction", "edit", "revoke"]);

/** Whether it says something about another message instead of something new. */
function isChange(message: Message): boolean {
  return message.direction !== "note" && CHANGES.has(message.type);
}

/** Whether it is a line in the middle, not a bubble. */
export function isLine(message: Message): boolean {
  return isChange(message) || message.type === "system" || message.type === "request_welcome";
}

/** A reaction of ours that did not reach the customer stands for itself, with the reason. */
function isLost({ type, direction, status }: Message): boolean {
  return type === "reaction" && direction === "out" && (status === "failed" || status === "unknown");
}

function newer(a: Message, b: Message | null | undefined): boolean {
  if (!b) return true;
  const apart = Date.parse(a.created_at) - Date.parse(b.created_at);
  return apart > 0 || (apart === 0 && a.id > b.id);
}

function personOf(message: Message): string {
  return `${message.direction}|${senderKey(message.payload)}`;
}

export function foldThread(messages: Message[]): FoldedThread {
  const known = new Map<string, Message>();
  for (const message of messages) {
    if (isChange(message)) continue;
    known.set(message.id, message);
    if (message.wamid) known.set(message.wamid, message);
  }
  const latest = new Map<string, Map<string, Message>>();
  const folds = new Map<string, Fold>();
  const shown = messages.filter((message) => {
    if (!isChange(message) || isLost(message)) return true;
    const { context } = message;
    const target = known.get(context?.wamid ?? "") ?? known.get(context?.message_id ?? "");
    // Nobody but its writer edits or deletes a message.
    if (!target || (message.type !== "reaction" && target.direction !== message.direction)) return true;
    const fold = folds.get(target.id) ?? { reactions: [], edit: null, revoke: null };
    folds.set(target.id, fold);
    if (message.type === "edit" && newer(message, fold.edit)) fold.edit = message;
    if (message.type === "revoke" && newer(message, fold.revoke)) fold.revoke = message;
    if (message.type === "reaction") {
      const people = latest.get(target.id) ?? new Map<string, Message>();
      latest.set(target.id, people);
      if (newer(message, people.get(personOf(message)))) people.set(personOf(message), message);
    }
    return false;
  });
  for (const [id, people] of latest) {
    const fold = folds.get(id);
    if (!fold) continue;
    fold.reactions = [...people.values()]
      .filter((reaction) => reaction.text?.trim())
      .sort((a, b) => (newer(a, b) ? 1 : -1));
  }
  return { shown, folds };
}

/** The message as it reads after its edits. */
export function asEdited(message: Message, fold: Fold | null): Message {
  const words = fold?.edit?.text;
  return words ? { ...message, text: words } : message;
}
