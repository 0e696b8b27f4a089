/** Reading and changing the SuperAdmins, and what the platform asks of them. */
import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { useChangeOf } from "@/api/use-change";

const ROOT = "superadmin";
const path = (id: string) => ({ params: { path: { id } } });

export const superadminsQuery = queryOptions({
  queryKey: [ROOT, "people"],
  queryFn: ({ signal }) =>
    unwrap(api.GET("/api/superadmin/users", { params: { query: { limit: 200 } }, signal })),
});

export const platformSettingsQuery = queryOptions({
  queryKey: [ROOT, "settings"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/superadmin/settings", { signal })),
});

function useChange<V, R>(run: (value: V) => Promise<R>, quiet = false) {
  return useChangeOf([ROOT], run, quiet);
}

export function useInviteSuperadmin() {
  return useChange(
    (body: { name: string; email: string }) => unwrap(api.POST("/api/superadmin/users", { body })),
    true,
  );
}

export function usePatchSuperadmin(quiet = false) {
  return useChange(
    ({ id, body }: { id: string; body: { name?: string; is_active?: boolean } }) =>
      unwrap(api.PATCH("/api/superadmin/users/{id}", { ...path(id), body })),
    quiet,
  );
}

export function useSendSuperadminLink() {
  return useChange((id: string) => unwrap(api.POST("/api/superadmin/users/{id}/link", path(id))));
}

export function useRemoveSuperadminTotp() {
  return useChange((id: string) => unwrap(api.DELETE("/api/superadmin/users/{id}/totp", path(id))));
}

export function useRequireTotp() {
  return useChange((superadmin_totp_required: boolean) =>
    unwrap(api.PATCH("/api/superadmin/settings", { body: { superadmin_totp_required } })),
  );
}
