/** What waits in the spool, what could not be applied, and who works on what. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { SPOOL_STATES } from "./spool-states";

const SPOOL = ["superadmin", "spool"] as const;
/** These pages are looked at while something is going on. */
const LIVE = { refetchInterval: 10_000, placeholderData: keepPreviousData };
const path = (id: string) => ({ params: { path: { id } } });

/** Which of what waits is shown, as the address says it. */
export interface SpoolSearch {
  tenant?: string | undefined;
  state?: (typeof SPOOL_STATES)[number] | undefined;
}

export const spoolQuery = queryOptions({
  queryKey: [...SPOOL, "tenants"],
  queryFn: ({ signal }) =>
    unwrap(api.GET("/api/superadmin/spool", { params: { query: { limit: 200 } }, signal })),
  ...LIVE,
});

export function spoolRowsQuery(tenantId: string | undefined, state: string | undefined) {
  const query = { limit: 50, ...(tenantId ? { tenant_id: tenantId } : {}), ...(state ? { state } : {}) };
  return infiniteQueryOptions({
    queryKey: [...SPOOL, "rows", query],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/superadmin/spool/rows", {
          params: { query: { ...query, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    ...LIVE,
  });
}

/** Counts by class; what the letters hold is for the tenant alone. */
export function letterCountsQuery(tenantId: string) {
  return infiniteQueryOptions({
    queryKey: [...SPOOL, "letters", tenantId],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/superadmin/dead-letters", {
          params: { query: { tenant_id: tenantId, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export const fleetQuery = infiniteQueryOptions({
  queryKey: ["superadmin", "fleet"],
  queryFn: ({ pageParam, signal }) =>
    unwrap(
      api.GET("/api/superadmin/fleet", {
        params: { query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } },
        signal,
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  ...LIVE,
});

function useSpoolChange<V, R>(run: (value: V) => Promise<R>, quiet: boolean) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    meta: { quiet },
    onSettled: () => client.invalidateQueries({ queryKey: SPOOL }),
  });
}

export function useRetryRow() {
  return useSpoolChange(
    (id: string) => unwrap(api.POST("/api/superadmin/spool/{id}/retry", path(id))),
    false,
  );
}

export function useDiscardRow() {
  return useSpoolChange(
    ({ id, reason }: { id: string; reason: string }) =>
      unwrap(api.POST("/api/superadmin/spool/{id}/discard", { ...path(id), body: { reason } })),
    true,
  );
}
