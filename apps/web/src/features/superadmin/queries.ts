/** Reading and changing the platform: tenants, their databases, lines, branding and users. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type {
  BrandingBody,
  Plan,
  PlatformChannelBody,
  PlatformChannelPatch,
  TenantPatch,
  UserBody,
} from "@/api/types";
import { useChangeOf } from "@/api/use-change";

const ROOT = "superadmin";
const ALL = { limit: 200 };
const path = (id: string) => ({ params: { path: { id } } });

export const platformQuery = queryOptions({
  queryKey: [ROOT, "platform"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/superadmin/platform", { signal })),
});

export function tenantsQuery(q: string) {
  return queryOptions({
    queryKey: [ROOT, "tenants", q],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/superadmin/tenants", { params: { query: { ...ALL, ...(q ? { q } : {}) } }, signal }),
      ),
  });
}

export function tenantQuery(id: string) {
  return queryOptions({
    queryKey: [ROOT, "tenant", id],
    queryFn: ({ signal }) => unwrap(api.GET("/api/superadmin/tenants/{id}", { ...path(id), signal })),
  });
}

export function databaseQuery(id: string) {
  return queryOptions({
    queryKey: [ROOT, "tenant", id, "database"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/superadmin/tenants/{id}/database", { ...path(id), signal })),
  });
}

export function linesQuery(id: string) {
  return queryOptions({
    queryKey: [ROOT, "tenant", id, "channels"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/superadmin/tenants/{id}/channels", { ...path(id), signal })),
  });
}

const reportKey = (id: string) => [ROOT, "line-report", id] as const;

export function lineReportQuery(id: string) {
  return queryOptions({
    queryKey: reportKey(id),
    queryFn: ({ signal }) => unwrap(api.GET("/api/superadmin/channels/{id}/health", { ...path(id), signal })),
  });
}

/** Asks WhatsApp about a line, or to tell the token's app of the line's account. */
export function useAskLine(id: string, what: "check" | "subscribe") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      what === "check"
        ? unwrap(api.POST("/api/superadmin/channels/{id}/health/check", path(id)))
        : unwrap(api.POST("/api/superadmin/channels/{id}/health/subscribe", path(id))),
    onSuccess: (report) => {
      client.setQueryData(reportKey(id), report);
      return client.invalidateQueries({ queryKey: [ROOT, "tenant"] });
    },
  });
}

export function brandingQuery(id: string) {
  return queryOptions({
    queryKey: [ROOT, "tenant", id, "branding"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/superadmin/tenants/{id}/branding", { ...path(id), signal })),
  });
}

export function tenantUsersQuery(id: string) {
  return queryOptions({
    queryKey: [ROOT, "tenant", id, "users"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/superadmin/tenants/{id}/users", { ...path(id), signal })),
  });
}

export const unroutedQuery = queryOptions({
  queryKey: [ROOT, "unrouted"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/superadmin/unrouted", { signal })),
});

/** Everything of the platform hangs together (warnings, counts), so a change asks for all that is shown. */
function useChange<V, R>(run: (value: V) => Promise<R>, quiet = false) {
  return useChangeOf([ROOT], run, quiet);
}

export function useCreateTenant() {
  return useChange(
    (body: { name: string; slug: string; plan: Plan }) =>
      unwrap(api.POST("/api/superadmin/tenants", { body })),
    true,
  );
}

export function usePatchTenant(id: string) {
  return useChange((body: TenantPatch) =>
    unwrap(api.PATCH("/api/superadmin/tenants/{id}", { ...path(id), body })),
  );
}

export function useTestDatabase(id: string) {
  return useMutation({
    mutationFn: (url: string) =>
      unwrap(api.POST("/api/superadmin/tenants/{id}/database/test", { ...path(id), body: { url } })),
    meta: { quiet: true },
  });
}

export function useSaveDatabase(id: string) {
  return useChange(
    (body: { url: string; migrate: boolean }) =>
      unwrap(api.PUT("/api/superadmin/tenants/{id}/database", { ...path(id), body })),
    true,
  );
}

export function useAddLine() {
  return useChange(
    ({ tenantId, body }: { tenantId: string; body: PlatformChannelBody }) =>
      unwrap(api.POST("/api/superadmin/tenants/{id}/channels", { ...path(tenantId), body })),
    true,
  );
}

export function usePatchLine(quiet = false) {
  return useChange(
    ({ id, body }: { id: string; body: PlatformChannelPatch }) =>
      unwrap(api.PATCH("/api/superadmin/channels/{id}", { ...path(id), body })),
    quiet,
  );
}

export function useDeleteLine() {
  return useChange((id: string) => unwrap(api.DELETE("/api/superadmin/channels/{id}", path(id))));
}

export function useSaveBranding(id: string) {
  return useChange(
    (body: BrandingBody) => unwrap(api.PUT("/api/superadmin/tenants/{id}/branding", { ...path(id), body })),
    true,
  );
}

export function useCreateTenantUser(id: string) {
  return useChange(
    (body: UserBody) => unwrap(api.POST("/api/superadmin/tenants/{id}/users", { ...path(id), body })),
    true,
  );
}

/** Sends somebody of a tenant the invitation again, or a link to set another password. */
export function useSendTenantUserLink(tenantId: string) {
  return useChange((user: string) =>
    unwrap(
      api.POST("/api/superadmin/tenants/{id}/users/{user}/link", {
        params: { path: { id: tenantId, user } },
      }),
    ),
  );
}

export function useRemoveTenantUserTotp(tenantId: string) {
  return useChange((user: string) =>
    unwrap(
      api.DELETE("/api/superadmin/tenants/{id}/users/{user}/totp", {
        params: { path: { id: tenantId, user } },
      }),
    ),
  );
}

export function useForgetUnrouted() {
  return useChange((phoneNumberId: string) =>
    unwrap(
      api.DELETE("/api/superadmin/unrouted/{phone_number_id}", {
        params: { path: { phone_number_id: phoneNumberId } },
      }),
    ),
  );
}
