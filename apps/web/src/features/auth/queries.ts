/** Signing in, and changing between companies. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { adoptSession, adoptSwitched } from "@/api/session";
import type { Session } from "@/api/types";
import { asProblem } from "@/lib/problem";

export interface Credentials {
  email: string;
  password: string;
  tenant?: string;
  code?: string;
}

/** `onCode` hears that the password was right and a code of the second factor is asked for. */
export function useLogin(onDone: (session: Session) => void, onCode: (tried: Credentials) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Credentials) => unwrap(api.POST("/api/auth/login", { body })),
    meta: { quiet: true },
    onError: (error, tried) => {
      if (asProblem(error).code === "totp_required") onCode(tried);
    },
    onSuccess: (session) => {
      // Whoever used this browser before leaves nothing behind on the screen.
      queryClient.clear();
      adoptSession(session);
      onDone(session);
    },
  });
}

/** The companies whose passwords were shown since the login, the current one among them. */
export const ownTenantsQuery = queryOptions({
  queryKey: ["own-tenants"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/me/tenants", { params: { query: { limit: 200 } }, signal })),
  staleTime: 60_000,
});

export interface Destination {
  tenant: string;
  password?: string;
  code?: string;
}

/** `onAsk` hears that the company wants its own password or a code first. */
export function useSwitch(onDone: () => void, onAsk: (tried: Destination, code: string) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Destination) => unwrap(api.POST("/api/auth/switch", { body })),
    meta: { quiet: true },
    onError: (error, tried) => onAsk(tried, asProblem(error).code),
    onSuccess: (session) => {
      adoptSwitched(session);
      queryClient.clear();
      onDone();
    },
  });
}

export interface Acceptance {
  token: string;
  password: string;
  name?: string;
}

export function useAcceptLink(onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Acceptance) => unwrap(api.POST("/api/auth/links/accept", { body })),
    meta: { quiet: true },
    onSuccess: (session) => {
      queryClient.clear();
      adoptSession(session);
      onDone();
    },
  });
}

export function useForgot() {
  return useMutation({
    mutationFn: (body: { email: string }) => unwrap(api.POST("/api/auth/forgot", { body })),
    meta: { quiet: true },
  });
}
