/** Looking into a company's panel with the eyes of its team: beginning, who is there now, ending. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";
import { adoptImpersonation } from "@/api/session";

export type ImpersonateBody = components["schemas"]["ImpersonateBody"];

const KEY = ["superadmin", "impersonations"] as const;

export function useImpersonate(tenantId: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: ImpersonateBody) =>
      unwrap(
        api.POST("/api/superadmin/tenants/{id}/impersonate", { params: { path: { id: tenantId } }, body }),
      ),
    meta: { quiet: true },
    onSuccess: (begun) => {
      adoptImpersonation(begun);
      // What the platform shows has no place in a tenant's panel.
      queryClient.clear();
      onDone();
    },
  });
}

export function liveImpersonationsQuery(tenantId: string) {
  return queryOptions({
    queryKey: [...KEY, tenantId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/superadmin/impersonations", {
          params: { query: { tenant_id: tenantId, live: true } },
          signal,
        }),
      ),
  });
}

export function useEndImpersonation() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/superadmin/impersonations/{id}", { params: { path: { id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: KEY }),
  });
}
