/** What holds for the whole tenant, its catalogue, its quick replies and its audit: reading and changing. */
import {
  infiniteQueryOptions,
  type QueryKey,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type {
  BranchPatch,
  NewBranch,
  NewQuickReply,
  NewService,
  QuickReplyPatch,
  ServicePatch,
  SettingsPatch,
} from "@/api/types";
import { useChangeOf } from "@/api/use-change";

const PAGE = { limit: 50 };
const SETTINGS = ["settings"] as const;
const BRANCHES = ["branches"] as const;
const SERVICES = ["services"] as const;
const QUICK_REPLIES = ["quick-replies"] as const;
const at = (cursor: string | null) => (cursor ? { cursor } : {});
const first = { initialPageParam: null as string | null };

export const settingsQuery = queryOptions({
  queryKey: SETTINGS,
  queryFn: ({ signal }) => unwrap(api.GET("/api/settings", { signal })),
});

export function useSaveSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SettingsPatch) => unwrap(api.PATCH("/api/settings", { body })),
    meta: { quiet: true },
    onSuccess: (saved) => {
      client.setQueryData(SETTINGS, saved);
      // The zone that times are written in may be another one now.
      return client.invalidateQueries({ queryKey: ["me"] });
    },
  });
}

/** A change of what a list shows; forms show their errors themselves. */
function useChange<V, R>(key: QueryKey, run: (value: V) => Promise<R>, quiet = false) {
  return useChangeOf(key, run, quiet);
}

export interface CatalogueFilter {
  q: string;
  active: boolean | undefined;
}

const wanted = ({ q, active }: CatalogueFilter) => ({
  ...(q ? { q } : {}),
  ...(active === undefined ? {} : { active }),
});

export function branchesQuery(filter: CatalogueFilter) {
  const query = wanted(filter);
  return infiniteQueryOptions({
    ...first,
    queryKey: [...BRANCHES, query],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/branches", { params: { query: { ...PAGE, ...query, ...at(pageParam) } }, signal }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** The names of the branches that a service may be offered in. */
export const branchNamesQuery = queryOptions({
  queryKey: [...BRANCHES, "names"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/branches", { params: { query: { limit: 200 } }, signal })),
});

export interface Saved<B> {
  id: string | null;
  body: B;
}

export function useSaveBranch() {
  return useChange(
    BRANCHES,
    ({ id, body }: Saved<NewBranch>) =>
      id
        ? unwrap(api.PATCH("/api/branches/{id}", { params: { path: { id } }, body }))
        : unwrap(api.POST("/api/branches", { body })),
    true,
  );
}

export function usePatchBranch() {
  return useChange(BRANCHES, ({ id, body }: { id: string; body: BranchPatch }) =>
    unwrap(api.PATCH("/api/branches/{id}", { params: { path: { id } }, body })),
  );
}

export function useDeleteBranch() {
  return useChange(BRANCHES, (id: string) =>
    unwrap(api.DELETE("/api/branches/{id}", { params: { path: { id } } })),
  );
}

export function servicesQuery(filter: CatalogueFilter) {
  const query = wanted(filter);
  return infiniteQueryOptions({
    ...first,
    queryKey: [...SERVICES, query],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/services", { params: { query: { ...PAGE, ...query, ...at(pageParam) } }, signal }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function useSaveService() {
  return useChange(
    SERVICES,
    ({ id, body }: Saved<NewService>) =>
      id
        ? unwrap(api.PATCH("/api/services/{id}", { params: { path: { id } }, body }))
        : unwrap(api.POST("/api/services", { body })),
    true,
  );
}

export function usePatchService() {
  return useChange(SERVICES, ({ id, body }: { id: string; body: ServicePatch }) =>
    unwrap(api.PATCH("/api/services/{id}", { params: { path: { id } }, body })),
  );
}

export function useDeleteService() {
  return useChange(SERVICES, (id: string) =>
    unwrap(api.DELETE("/api/services/{id}", { params: { path: { id } } })),
  );
}

export function quickRepliesQuery(q: string) {
  const query = q ? { q } : {};
  return infiniteQueryOptions({
    ...first,
    queryKey: [...QUICK_REPLIES, query],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/quick-replies", { params: { query: { ...PAGE, ...query, ...at(pageParam) } }, signal }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function useCreateQuickReply() {
  return useChange(
    QUICK_REPLIES,
    (body: NewQuickReply) => unwrap(api.POST("/api/quick-replies", { body })),
    true,
  );
}

export function usePatchQuickReply() {
  return useChange(
    QUICK_REPLIES,
    ({ id, body }: { id: string; body: QuickReplyPatch }) =>
      unwrap(api.PATCH("/api/quick-replies/{id}", { params: { path: { id } }, body })),
    true,
  );
}

export function useDeleteQuickReply() {
  return useChange(QUICK_REPLIES, (id: string) =>
    unwrap(api.DELETE("/api/quick-replies/{id}", { params: { path: { id } } })),
  );
}

export function useMergeTag() {
  return useChange(
    ["tags"],
    ({ id, into }: { id: string; into: string }) =>
      unwrap(api.POST("/api/tags/{id}/merge", { params: { path: { id } }, body: { into } })),
    true,
  );
}

export function useRenameLine() {
  return useChange(
    ["channels"],
    ({ id, display_name }: { id: string; display_name: string }) =>
      unwrap(api.PATCH("/api/channels/{id}", { params: { path: { id } }, body: { display_name } })),
    true,
  );
}

export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  q?: string | undefined;
}

/** What the API takes: what is not asked for is not sent. */
function audited({ actor, action, from, to, q }: AuditFilter) {
  return {
    ...(actor ? { actor } : {}),
    ...(action ? { action } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(q ? { q } : {}),
  };
}

export function tenantAuditQuery(filter: AuditFilter) {
  const query = audited(filter);
  return infiniteQueryOptions({
    ...first,
    queryKey: ["audit", query],
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/audit", { params: { query: { ...PAGE, ...query, ...at(pageParam) } }, signal })),
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Saves the table as a file: a link cannot bring the token that the API asks for. */
export function useExportAudit() {
  return useMutation({
    mutationFn: async (filter: AuditFilter) => {
      const call = await api.GET("/api/audit/export.csv", {
        params: { query: audited(filter) },
        parseAs: "blob",
      });
      const file = (await unwrap(Promise.resolve(call))) as Blob;
      const named = /filename="([^"]+)"/.exec(call.response.headers.get("content-disposition") ?? "")?.[1];
      const url = URL.createObjectURL(file);
      const link = document.createElement("a");
      link.href = url;
      link.download = named ?? "audit.csv";
      link.click();
      URL.revokeObjectURL(url);
    },
  });
}
