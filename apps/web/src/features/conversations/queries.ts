/** Reading and changing conversations. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { api, unwrap } from "@/api/client";
import type {
  Activity,
  Conversation,
  ConversationPatch,
  Message,
  MessageBody,
  NewConversation,
  TagRef,
  User,
} from "@/api/types";
import { useSession } from "@/api/use-session";
import { asProblem } from "@/lib/problem";
import { patchConversation, patchMessages } from "./cache";
import type { CountParams, ListParams } from "./filters";
import {
  activityKey,
  COUNTS_KEY,
  conversationKey,
  countsKey,
  LIST_KEY,
  listKey,
  messagesKey,
  searchKey,
  VIEWS_KEY,
} from "./keys";
import type { MessagePlace, MessageQuery } from "./thread-place";

export function conversationListQuery(params: ListParams) {
  return infiniteQueryOptions({
    queryKey: listKey(params),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/conversations", {
          params: { query: { ...params, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function countsQuery(params: CountParams) {
  return queryOptions({
    queryKey: countsKey(params),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/conversations/counts", { params: { query: params }, signal })),
    placeholderData: keepPreviousData,
  });
}

export const viewsQuery = queryOptions({
  queryKey: VIEWS_KEY,
  queryFn: ({ signal }) => unwrap(api.GET("/api/views", { signal })),
  staleTime: 60_000,
});

/** What a line may send while the customer's window is closed, as WhatsApp has it. */
export function templatesQuery(line: string) {
  return queryOptions({
    queryKey: ["templates", line],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/channels/{id}/templates", { params: { path: { id: line } }, signal })),
    staleTime: 60_000,
    retry: false,
  });
}

/** How many of each kind a search shows at first. */
const FOUND_AT_ONCE = { conversations: 10, messages: 30 };

function find(kind: "conversations" | "messages", q: string, cursor: string | null, signal: AbortSignal) {
  const query = { q, kind, limit: FOUND_AT_ONCE[kind], ...(cursor ? { cursor } : {}) };
  return unwrap(api.GET("/api/search", { params: { query }, signal }));
}

export function conversationSearchQuery(text: string) {
  return infiniteQueryOptions({
    queryKey: searchKey("conversations", text),
    queryFn: async ({ pageParam, signal }) =>
      (await find("conversations", text, pageParam, signal)).conversations,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function messageSearchQuery(text: string) {
  return infiniteQueryOptions({
    queryKey: searchKey("messages", text),
    queryFn: async ({ pageParam, signal }) => (await find("messages", text, pageParam, signal)).messages,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function fetchConversation(id: string, signal?: AbortSignal): Promise<Conversation> {
  return unwrap(
    api.GET("/api/conversations/{id}", { params: { path: { id } }, ...(signal ? { signal } : {}) }),
  );
}

export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: conversationKey(id),
    queryFn: ({ signal }) => fetchConversation(id, signal),
  });
}

/** What was done to a conversation, the newest first. */
function activityQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: activityKey(id),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/conversations/{id}/activity", {
          params: { path: { id }, query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** What was done since `from`, as far as it is known by now; all of it without. */
export function useActivity(id: string, from: string | undefined): Activity[] {
  const { data, hasNextPage, isFetchingNextPage, isError, fetchNextPage } = useInfiniteQuery(
    activityQuery(id),
  );
  const done = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const oldest = done.at(-1)?.at;
  const isShort = hasNextPage && oldest !== undefined && (!from || Date.parse(oldest) > Date.parse(from));
  useEffect(() => {
    if (isShort && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [isShort, isFetchingNextPage, isError, fetchNextPage]);
  return done;
}

export function fetchMessages(id: string, query: MessageQuery, signal?: AbortSignal) {
  return unwrap(
    api.GET("/api/conversations/{id}/messages", {
      params: { path: { id }, query },
      ...(signal ? { signal } : {}),
    }),
  );
}

/** As many pages as are kept of a thread: what is further away is let go and asked for again. */
const MOST_PAGES = 6;

/** The thread from its end, or from around the message `at`. Both are one thing in the cache. */
export function messagesQuery(id: string, at?: string) {
  return infiniteQueryOptions({
    queryKey: messagesKey(id),
    queryFn: ({ pageParam, signal }) => fetchMessages(id, { limit: 50, ...pageParam }, signal),
    initialPageParam: (at ? { around: at } : null) as MessagePlace,
    maxPages: MOST_PAGES,
    getNextPageParam: (page, _pages, place): MessagePlace => {
      if (page.next_cursor) return { cursor: page.next_cursor };
      // A page of newer ones does not say where older ones go on.
      const oldest = place?.newer ? page.items.at(-1) : undefined;
      return oldest ? { around: oldest.id } : null;
    },
    getPreviousPageParam: (page, _pages, place): MessagePlace => {
      if (page.previous_cursor) return { newer: page.previous_cursor };
      // Nor does one of older ones, which comes first once the newer have been let go.
      const newest = place?.cursor ? page.items[0] : undefined;
      return newest ? { around: newest.id } : null;
    },
  });
}

/** A change shown at once and taken back when the server refuses it. */
function useConversationChange<V>(options: {
  run: (conversation: Conversation, value: V) => Promise<Conversation>;
  guess: (conversation: Conversation, value: V) => Conversation;
}) {
  const client = useQueryClient();
  const me = useSession()?.user.id ?? "";
  return useMutation({
    mutationFn: ({ conversation, value }: { conversation: Conversation; value: V }) =>
      options.run(conversation, value),
    onMutate: ({ conversation, value }) => {
      const known = client.getQueryData<Conversation>(conversationKey(conversation.id)) ?? conversation;
      patchConversation(client, options.guess(known, value), me);
      return { known };
    },
    onError: (error, { conversation }, context) => {
      if (context) patchConversation(client, context.known, me);
      if (asProblem(error).code !== "conversation_changed") return;
      void fetchConversation(conversation.id).then((now) => patchConversation(client, now, me));
    },
    onSuccess: (conversation) => {
      patchConversation(client, conversation, me);
      void client.invalidateQueries({ queryKey: activityKey(conversation.id) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: COUNTS_KEY }),
  });
}

export function usePatchConversation() {
  const users = useQueryClient().getQueryData<{ items: User[] }>(["users"])?.items ?? [];
  const session = useSession();
  return useConversationChange<ConversationPatch>({
    run: ({ id, assignee }, patch) => {
      // Two who take it at once do not overwrite each other unseen.
      const seen = patch.assignee_id === undefined ? {} : { expected_assignee_id: assignee?.id ?? null };
      const body = { ...patch, ...seen };
      return unwrap(api.PATCH("/api/conversations/{id}", { params: { path: { id } }, body }));
    },
    guess: (conversation, patch) => {
      const { assignee_id: owner } = patch;
      const status = patch.status ?? conversation.status;
      const until = patch.snoozed_until === undefined ? conversation.snoozed_until : patch.snoozed_until;
      const known = [...users, ...(session ? [session.user] : [])].find((user) => user.id === owner);
      const assignee =
        owner === undefined ? conversation.assignee : known ? { id: known.id, name: known.name } : null;
      return { ...conversation, status, snoozed_until: status === "snoozed" ? until : null, assignee };
    },
  });
}

export function useSetTags() {
  const client = useQueryClient();
  return useConversationChange<TagRef[]>({
    run: async ({ id }, tags) => {
      const body = { tags: tags.map((tag) => tag.name) };
      const changed = await unwrap(
        api.PUT("/api/conversations/{id}/tags", { params: { path: { id } }, body }),
      );
      await client.invalidateQueries({ queryKey: ["tags"] });
      return changed;
    },
    guess: (conversation, tags) => ({ ...conversation, tags }),
  });
}

export function useMarkRead() {
  const client = useQueryClient();
  const me = useSession()?.user.id ?? "";
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.POST("/api/conversations/{id}/read", { params: { path: { id } } })),
    // Nobody asked for it, so nobody is told when it fails: the count simply stays.
    meta: { quiet: true },
    onSuccess: (_nothing, id) => {
      const known = client.getQueryData<Conversation>(conversationKey(id));
      if (known) patchConversation(client, { ...known, unread_count: 0 }, me);
      return client.invalidateQueries({ queryKey: COUNTS_KEY });
    },
  });
}

export function useAddNote(conversationId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (note: { body: string; mentions: string[] }) =>
      unwrap(
        api.POST("/api/conversations/{id}/notes", {
          params: { path: { id: conversationId } },
          body: note,
        }),
      ),
    onSuccess: (note) => patchMessages(client, conversationId, [note]),
  });
}

export function useRetryMessage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (message: Message) =>
      unwrap(api.POST("/api/messages/{id}/retry", { params: { path: { id: message.id } } })),
    onSuccess: (message) => patchMessages(client, message.conversation_id, [message]),
  });
}

export function useCancelMessage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (message: Message) =>
      unwrap(api.POST("/api/messages/{id}/cancel", { params: { path: { id: message.id } } })),
    onSuccess: (message) => patchMessages(client, message.conversation_id, [message]),
  });
}

export function postMessage(conversationId: string, body: MessageBody, key: string): Promise<Message> {
  return unwrap(
    api.POST("/api/conversations/{id}/messages", {
      params: { path: { id: conversationId }, header: { "Idempotency-Key": key } },
      body,
    }),
  );
}

/** The first message to somebody; its key makes pressing twice, or again after a lost answer, one message. */
export function useStartConversation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: NewConversation; key: string }) =>
      unwrap(api.POST("/api/conversations", { params: { header: { "Idempotency-Key": key } }, body })),
    meta: { quiet: true },
    onSuccess: () => client.invalidateQueries({ queryKey: LIST_KEY }),
  });
}
