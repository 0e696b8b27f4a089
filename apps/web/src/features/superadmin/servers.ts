/** Reading and changing the servers that databases are made on, and making one there. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { DatabaseServerPatch, NewDatabaseServer } from "@/api/types";
import { useChangeOf } from "@/api/use-change";

const ROOT = "superadmin";
const path = (id: string) => ({ params: { path: { id } } });

export const serversQuery = queryOptions({
  queryKey: [ROOT, "servers"],
  queryFn: ({ signal }) =>
    unwrap(api.GET("/api/superadmin/servers", { params: { query: { limit: 200 } }, signal })),
});

function useChange<V, R>(run: (value: V) => Promise<R>, quiet = true) {
  return useChangeOf([ROOT], run, quiet);
}

export function useAddServer() {
  return useChange((body: NewDatabaseServer) => unwrap(api.POST("/api/superadmin/servers", { body })));
}

export function usePatchServer(quiet = true) {
  return useChange(
    ({ id, body }: { id: string; body: DatabaseServerPatch }) =>
      unwrap(api.PATCH("/api/superadmin/servers/{id}", { ...path(id), body })),
    quiet,
  );
}

export function useRemoveServer() {
  return useChange((id: string) => unwrap(api.DELETE("/api/superadmin/servers/{id}", path(id))), false);
}

export function useTestServer() {
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/superadmin/servers/{id}/test", path(id))),
    meta: { quiet: true },
  });
}

/** Makes a database for the tenant; on the default server when none is named. */
export function useCreateDatabase(tenantId: string) {
  return useChange((serverId: string) =>
    unwrap(
      api.POST("/api/superadmin/tenants/{id}/database/create", {
        ...path(tenantId),
        body: serverId ? { server_id: serverId } : {},
      }),
    ),
  );
}
