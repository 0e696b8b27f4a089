/** Puts what the server says into every place that shows it, without asking for the lists again. */
import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import type { Conversation, ConversationPage, Message, MessagePage, MessageStatus } from "@/api/types";
import { type ListParams, matchesParams } from "./filters";
import { conversationKey, LIST_KEY, messagesKey } from "./keys";
import type { MessagePlace } from "./thread-place";

type ConversationList = InfiniteData<ConversationPage, string | null>;
export type MessageList = InfiniteData<MessagePage, MessagePlace>;

const RANK: Partial<Record<MessageStatus, number>> = {
  queued: 1,
  sending: 2,
  accepted: 3,
  sent: 4,
  delivered: 5,
  read: 6,
};

/** The later of two states of one message: answers may overtake each other on the way. */
function later(known: Message, incoming: Message): Message {
  const before = RANK[known.status] ?? 0;
  const after = RANK[incoming.status] ?? 7;
  return after >= before ? incoming : known;
}

function newestFirst(a: Message, b: Message): number {
  return Date.parse(b.created_at) - Date.parse(a.created_at) || (a.id < b.id ? 1 : -1);
}

/** Whether the newest message is among what is loaded. */
export function isWhole({ pages, pageParams }: MessageList): boolean {
  // A page of older ones comes first once the newer have been let go.
  return !pages[0]?.previous_cursor && !pageParams[0]?.cursor;
}

/** Adds and replaces messages; the newest page takes the new ones. */
export function mergeMessages(list: MessageList, incoming: Message[]): MessageList {
  const fresh = new Map(incoming.map((message) => [message.id, message]));
  const pages = list.pages.map((page) => ({
    ...page,
    items: page.items.map((known) => {
      const update = fresh.get(known.id);
      if (!update) return known;
      fresh.delete(known.id);
      return later(known, update);
    }),
  }));
  const first = pages[0];
  // Where the newest is not loaded, what is new belongs to a page that has not been asked for yet.
  if (first && fresh.size > 0 && isWhole(list)) {
    first.items = [...first.items, ...fresh.values()].sort(newestFirst);
  }
  return { ...list, pages };
}

export function patchMessages(client: QueryClient, conversationId: string, incoming: Message[]): void {
  client.setQueryData<MessageList>(messagesKey(conversationId), (list) =>
    list ? mergeMessages(list, incoming) : list,
  );
}

/** What a list is ordered by, the highest first. */
function placeOf(conversation: Conversation, { sort }: ListParams): number {
  const activity = Date.parse(conversation.last_activity_at);
  if (sort === "oldest") return -activity;
  if (sort !== "window") return activity;
  const end = Date.parse(conversation.window_expires_at ?? "");
  // The windows that close first stand above all that are closed, which go by activity.
  return end > Date.now() ? Number.MAX_SAFE_INTEGER - end : activity;
}

/** Moves a conversation to where it now belongs in one list, or out of it. */
export function placeInList(
  list: ConversationList,
  conversation: Conversation,
  params: ListParams,
  me: string,
): ConversationList {
  const present = list.pages.some((page) => page.items.some((item) => item.id === conversation.id));
  const { keep, insert } = matchesParams(conversation, params, me);
  if (!present && !insert) return list;
  const pages = list.pages.map((page) => ({
    ...page,
    items: page.items.filter((item) => item.id !== conversation.id),
  }));
  if (present ? keep : insert) {
    const at = placeOf(conversation, params);
    const isOlder = (item: Conversation) => placeOf(item, params) <= at;
    const last = pages.at(-1);
    // Past the last loaded one it belongs to a page that has not been asked for yet.
    const page = pages.find((p) => p.items.some(isOlder)) ?? (last?.next_cursor ? undefined : last);
    if (page) {
      const index = page.items.findIndex(isOlder);
      page.items.splice(index < 0 ? page.items.length : index, 0, conversation);
    }
  }
  return { ...list, pages };
}

export function patchConversation(client: QueryClient, conversation: Conversation, me: string): void {
  client.setQueryData(conversationKey(conversation.id), conversation);
  const place = (key: readonly unknown[]) => {
    // By now it may be known better.
    const known = client.getQueryData<Conversation>(conversationKey(conversation.id)) ?? conversation;
    client.setQueryData<ConversationList>(key, (list) =>
      list ? placeInList(list, known, key[2] as ListParams, me) : list,
    );
  };
  for (const query of client.getQueryCache().findAll({ queryKey: LIST_KEY })) {
    place(query.queryKey);
    void arrival(query)?.then(() => place(query.queryKey));
  }
}

/**
 * Resolves once an answer that is on its way has come, or has failed to: the server may have read it before what is to
 * be put into it happened. null if none is on its way.
 */
function arrival(query: Query | undefined): Promise<unknown> | null {
  if (query?.state.fetchStatus !== "fetching") return null;
  return query.promise?.catch(() => undefined) ?? null;
}

/** Resolves when nothing is on its way for this place any more. */
export async function settled(client: QueryClient, key: readonly unknown[]): Promise<void> {
  await arrival(client.getQueryCache().find({ queryKey: key }));
}

/** Asks for all of it again; what is asked for the first time just now, as soon as that has come. */
export function askAgain(client: QueryClient, queryKey: readonly unknown[]): void {
  for (const query of client.getQueryCache().findAll({ queryKey })) {
    if (query.state.data !== undefined) continue;
    void arrival(query)?.then(() => client.invalidateQueries({ queryKey: query.queryKey, exact: true }));
  }
  void client.invalidateQueries({ queryKey });
}
