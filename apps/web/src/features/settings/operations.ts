/** What WhatsApp told of the lines, and what came and could not be applied. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { DeadLetterKind, DeadLetterState } from "@/api/types";

const PAGE = { limit: 50 };
const LETTERS = ["dead-letters"] as const;

const at = (cursor: string | null) => (cursor ? { cursor } : {});

export function lineEventsQuery(field: string) {
  return infiniteQueryOptions({
    queryKey: ["line-events", field],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/line-events", {
          params: { query: { ...PAGE, ...(field ? { field } : {}), ...at(pageParam) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export const lineHealthQuery = queryOptions({
  queryKey: ["line-health"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/line-health", { params: { query: { limit: 200 } }, signal })),
});

const reportKey = (id: string) => ["channels", "report", id] as const;

/** What is known of one line; WhatsApp is only asked by `useCheckLine`. */
export function lineReportQuery(id: string) {
  return queryOptions({
    queryKey: reportKey(id),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/channels/{id}/health", { params: { path: { id } }, signal })),
  });
}

export function useCheckLine(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/channels/{id}/health/check", { params: { path: { id } } })),
    onSuccess: (report) => {
      client.setQueryData(reportKey(id), report);
      return client.invalidateQueries({ queryKey: ["channels"], exact: true });
    },
  });
}

export interface LetterFilter {
  kind?: DeadLetterKind | undefined;
  state?: DeadLetterState | undefined;
  q?: string | undefined;
}

/** What the API takes: what is not asked for is not sent. */
function wanted({ kind, state, q }: LetterFilter) {
  return { ...(kind ? { kind } : {}), ...(state ? { state } : {}), ...(q ? { q } : {}) };
}

export function deadLettersQuery(filter: LetterFilter) {
  const query = wanted(filter);
  return infiniteQueryOptions({
    queryKey: [...LETTERS, "list", query],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/dead-letters", { params: { query: { ...PAGE, ...query, ...at(pageParam) } }, signal }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function deadLetterQuery(id: string) {
  return queryOptions({
    queryKey: [...LETTERS, "one", id],
    queryFn: ({ signal }) => unwrap(api.GET("/api/dead-letters/{id}", { params: { path: { id } }, signal })),
  });
}

/** A letter replayed changes its list, and may change what the desk shows. */
function useLetterChange<V, R>(run: (value: V) => Promise<R>, quiet = false) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    meta: { quiet },
    onSettled: () => client.invalidateQueries({ queryKey: LETTERS }),
  });
}

export function useReplayLetter() {
  return useLetterChange((id: string) =>
    unwrap(api.POST("/api/dead-letters/{id}/replay", { params: { path: { id } } })),
  );
}

export function useDiscardLetter() {
  return useLetterChange(
    ({ id, reason }: { id: string; reason: string }) =>
      unwrap(api.POST("/api/dead-letters/{id}/discard", { params: { path: { id } }, body: { reason } })),
    true,
  );
}

export function useReplayAll() {
  return useLetterChange(({ kind, q }: LetterFilter) =>
    unwrap(api.POST("/api/dead-letters/replay", { body: wanted({ kind, q }) })),
  );
}
