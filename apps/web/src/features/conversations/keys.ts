/** Names under which the desk's data is cached. */
import type { ListParams } from "./filters";

export const LIST_KEY = ["conversations", "list"] as const;
export const COUNTS_KEY = ["conversations", "counts"] as const;

export function listKey(params: ListParams) {
  return [...LIST_KEY, params] as const;
}

export function conversationKey(id: string) {
  return ["conversations", "one", id] as const;
}

export function messagesKey(id: string) {
  return ["conversations", "messages", id] as const;
}
