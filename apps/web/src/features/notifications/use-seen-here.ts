/** Whoever has a conversation before his eyes has seen what he is told of it. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { notificationsQuery, useMarkSeen } from "./queries";

export function useSeenHere(conversationId: string, isSeen: boolean): void {
  const { data } = useInfiniteQuery(notificationsQuery);
  const { mutate } = useMarkSeen();
  const isNew = (data?.pages ?? [])
    .flatMap((page) => page.items)
    .some((item) => item.conversation_id === conversationId && item.seen_at === null);
  useEffect(() => {
    if (isSeen && isNew) mutate({ conversation_id: conversationId });
  }, [isSeen, isNew, conversationId, mutate]);
}
