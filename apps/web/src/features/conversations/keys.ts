/** Names under which the desk's data is cached. */
import type { CountParams, ListParams } from "./filters";

export const LIST_KEY = ["conversations", "list"] as const;
export const COUNTS_KEY = ["conversations", "counts"] as const;
export const VIEWS_KEY = ["views"] as const;

export function listKey(params: ListParams) {
  return [...LIST_KEY, params] as const;
}

export function countsKey(params: CountParams) {
  return [...COUNTS_KEY, params] as const;
}

export function searchKey(kind: "conversations" | "messages", text: string) {
  return ["search", kind, text] as const;
}

export function conversationKey(id: string) {
  return ["conversations", "one", id] as const;
}

/** What was done to a conversation. */
export function activityKey(id: string) {
  return ["conversations", "activity", id] as const;
}

export function messagesKey(id: string) {
  return ["conversations", "messages", id] as const;
}
