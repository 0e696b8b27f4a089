/** Reading and changing what came to the platform later: lists page by page, checklist, health, apps, Odoo, logo, audit. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { MetaAppPatch, NewMetaApp, OdooBody, Plan } from "@/api/types";
import { useChangeOf } from "@/api/use-change";

const ROOT = "superadmin";
const path = (id: string) => ({ params: { path: { id } } });
/** What is said of a tenant changes by itself while it is being set up. */
const LIVE = { refetchInterval: 15_000 };

export interface TenantSearch {
  q?: string | undefined;
  state?: "active" | "suspended" | undefined;
  plan?: Plan | undefined;
  health?: "ok" | "attention" | undefined;
  sort?: "name" | undefined;
}

/** Without what is not asked for: the server refuses empty words. */
function given<T extends object>(search: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

const paged = {
  initialPageParam: null as string | null,
  getNextPageParam: (page: { next_cursor?: string | null }) => page.next_cursor ?? null,
  placeholderData: keepPreviousData,
};
const from = (cursor: string | null) => (cursor ? { cursor } : {});

export function tenantListQuery(search: TenantSearch) {
  const query = { limit: 50, ...given(search) };
  return infiniteQueryOptions({
    queryKey: [ROOT, "tenant-list", query],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/superadmin/tenants", { params: { query: { ...query, ...from(pageParam) } }, signal }),
      ),
    ...paged,
  });
}

export function checklistQuery(id: string) {
  return queryOptions({
    queryKey: [ROOT, "tenant", id, "checklist"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/superadmin/tenants/{id}/checklist", { ...path(id), signal })),
    ...LIVE,
  });
}

export function tenantHealthQuery(id: string) {
  return queryOptions({
    queryKey: [ROOT, "tenant", id, "health"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/superadmin/tenants/{id}/health", { ...path(id), signal })),
    ...LIVE,
  });
}

/** Apps; with a tenant, those that its lines may be bound to. */
export function appsQuery(tenantId?: string) {
  const query = { limit: 200, ...(tenantId ? { usable_by: tenantId } : {}) };
  return queryOptions({
    queryKey: [ROOT, "apps", tenantId ?? ""],
    queryFn: ({ signal }) => unwrap(api.GET("/api/superadmin/apps", { params: { query }, signal })),
  });
}

export function odooQuery(id: string) {
  return queryOptions({
    queryKey: [ROOT, "tenant", id, "odoo"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/superadmin/tenants/{id}/odoo", { ...path(id), signal })),
  });
}

export interface AuditSearch {
  tenant_id?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
  q?: string | undefined;
}

export function auditListQuery(search: AuditSearch) {
  const query = { limit: 50, ...given(search) };
  return infiniteQueryOptions({
    queryKey: [ROOT, "audit", query],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/superadmin/audit", { params: { query: { ...query, ...from(pageParam) } }, signal }),
      ),
    ...paged,
  });
}

/** The table as a file: it needs the token, so it is fetched and then handed to the browser. */
export function useExportAudit() {
  return useMutation({
    mutationFn: async (search: AuditSearch) => {
      const table = await unwrap(
        api.GET("/api/superadmin/audit/export.csv", {
          params: { query: given(search) },
          parseAs: "blob",
        }),
      );
      const url = URL.createObjectURL(table as unknown as Blob);
      const link = document.createElement("a");
      link.href = url;
      link.download = `audit_${new Date().toISOString().slice(0, 10)}.csv`;
      link.click();
      URL.revokeObjectURL(url);
    },
  });
}

function useChange<V, R>(run: (value: V) => Promise<R>, quiet = false) {
  return useChangeOf([ROOT], run, quiet);
}

export function useCreateApp() {
  return useChange((body: NewMetaApp) => unwrap(api.POST("/api/superadmin/apps", { body })), true);
}

export function usePatchApp() {
  return useChange(
    ({ id, body }: { id: string; body: MetaAppPatch }) =>
      unwrap(api.PATCH("/api/superadmin/apps/{id}", { ...path(id), body })),
    true,
  );
}

export function useDeleteApp() {
  return useChange((id: string) => unwrap(api.DELETE("/api/superadmin/apps/{id}", path(id))));
}

export function useRenewVerifyToken() {
  return useChange((id: string) => unwrap(api.POST("/api/superadmin/apps/{id}/verify-token", path(id))));
}

export function useSaveOdoo(id: string) {
  return useChange(
    (body: OdooBody) => unwrap(api.PUT("/api/superadmin/tenants/{id}/odoo", { ...path(id), body })),
    true,
  );
}

export function useRemoveOdoo(id: string) {
  return useChange((_: undefined) => unwrap(api.DELETE("/api/superadmin/tenants/{id}/odoo", path(id))));
}

export function useTestOdoo(id: string) {
  return useChange((_: undefined) => unwrap(api.POST("/api/superadmin/tenants/{id}/odoo/test", path(id))));
}

export function useUploadLogo(id: string) {
  return useChange(
    (file: File) =>
      unwrap(
        api.PUT("/api/superadmin/tenants/{id}/branding/logo", {
          ...path(id),
          headers: { "Content-Type": "application/octet-stream" },
          body: file as never,
          bodySerializer: (body) => body as unknown as File,
        }),
      ),
    true,
  );
}

export function useRemoveLogo(id: string) {
  return useChange((_: undefined) =>
    unwrap(api.DELETE("/api/superadmin/tenants/{id}/branding/logo", path(id))),
  );
}
