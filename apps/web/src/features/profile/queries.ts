/** One's own access: sessions, password, second factor. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { useChangeOf } from "@/api/use-change";

const ROOT = "own-access";

export const sessionsQuery = queryOptions({
  queryKey: [ROOT, "sessions"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/me/sessions", { params: { query: { limit: 200 } }, signal })),
});

export const secondFactorQuery = queryOptions({
  queryKey: [ROOT, "totp"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/me/totp", { signal })),
});

/** Every change may end sessions, so all that is shown is asked for again. */
function useChange<V, R>(run: (value: V) => Promise<R>, quiet = true) {
  return useChangeOf([ROOT], run, quiet);
}

export function useChangePassword() {
  return useChange((body: { current_password: string; new_password: string }) =>
    unwrap(api.POST("/api/me/password", { body })),
  );
}

export function useEndSession() {
  return useChange(
    (id: string) => unwrap(api.DELETE("/api/me/sessions/{id}", { params: { path: { id } } })),
    false,
  );
}

export function useEndOtherSessions() {
  return useChange((_: undefined) => unwrap(api.POST("/api/me/sessions/revoke-others")), false);
}

/** The secret is shown once and belongs in no cache. */
export function useEnrol() {
  return useMutation({
    mutationFn: (password: string) => unwrap(api.POST("/api/me/totp", { body: { password } })),
    meta: { quiet: true },
    gcTime: 0,
  });
}

export function useConfirmTotp() {
  return useChange((code: string) => unwrap(api.POST("/api/me/totp/confirm", { body: { code } })));
}

/** What has to be proven before a second factor is replaced or given up. */
export interface Proof {
  password: string;
  code: string;
}

export function useReplaceCodes() {
  return useChange((body: Proof) => unwrap(api.POST("/api/me/totp/recovery-codes", { body })));
}

export function useTurnOffTotp() {
  return useChange((body: Proof) => unwrap(api.DELETE("/api/me/totp", { body })));
}
