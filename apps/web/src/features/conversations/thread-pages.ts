/** The loaded pages of a thread: a window that moves over it, as long as it may be. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Message, MessagePage } from "@/api/types";
import { isWhole, type MessageList } from "./cache";
import { messagesKey } from "./keys";
import { messagesQuery } from "./queries";

/** Oldest first; where two pages overlap, each message once. */
export function messagesOf(data: { pages: MessagePage[] } | undefined): Message[] {
  const seen = new Set<string>();
  const messages = (data?.pages ?? []).flatMap((page) => page.items);
  return messages.filter(({ id }) => !seen.has(id) && seen.add(id)).reverse();
}

/** Whether the cache has another part of the thread than the one that is asked for. */
function isElsewhere(list: MessageList | undefined, at: string | undefined): boolean {
  if (!list) return false;
  if (!at) return !isWhole(list);
  return !list.pages.some((page) => page.items.some((message) => message.id === at));
}

/** The thread from its end, or around a message; what the cache has from elsewhere is asked for anew. */
export function useThreadAt(conversationId: string, at: string | undefined) {
  const client = useQueryClient();
  const key = messagesKey(conversationId);
  const [elsewhere, setElsewhere] = useState(() => isElsewhere(client.getQueryData<MessageList>(key), at));
  const query = useInfiniteQuery(messagesQuery(conversationId, at));
  useEffect(() => {
    if (!elsewhere) return;
    setElsewhere(false);
    void client.resetQueries({ queryKey: messagesKey(conversationId), exact: true });
  }, [elsewhere, client, conversationId]);
  return query;
}
