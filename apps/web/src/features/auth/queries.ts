/** Signing in. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { adoptSession } from "@/api/session";
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
