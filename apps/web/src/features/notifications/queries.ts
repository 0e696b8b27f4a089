/** What one is told of, and that one has seen it. */
import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";

export const NOTIFICATIONS_KEY = ["notifications"] as const;

/** Where no line to the server is open it is asked this often. */
const EVERY = 60_000;

export function fetchNotifications(cursor: string | null, signal?: AbortSignal) {
  return unwrap(
    api.GET("/api/notifications", {
      params: { query: { limit: 30, ...(cursor ? { cursor } : {}) } },
      ...(signal ? { signal } : {}),
    }),
  );
}

export const notificationsQuery = infiniteQueryOptions({
  queryKey: NOTIFICATIONS_KEY,
  queryFn: ({ pageParam, signal }) => fetchNotifications(pageParam, signal),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  refetchInterval: EVERY,
});

/** Some of them, those of a conversation, or all. */
export type Seen = { ids: string[] } | { conversation_id: string } | "all";

export function useMarkSeen() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (seen: Seen) => {
      const some = seen === "all" ? {} : seen;
      return unwrap(api.POST("/api/notifications/seen", { body: some }));
    },
    // Seeing something is nothing that somebody asks for: it stays unseen until the next time.
    meta: { quiet: true },
    onSettled: () => client.invalidateQueries({ queryKey: NOTIFICATIONS_KEY }),
  });
}
