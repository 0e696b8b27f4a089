/** Signing in. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { adoptSession } from "@/api/session";
import type { Session } from "@/api/types";

export interface Credentials {
  email: string;
  password: string;
  tenant?: string;
}

export function useLogin(onDone: (session: Session) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Credentials) => unwrap(api.POST("/api/auth/login", { body })),
    meta: { quiet: true },
    onSuccess: (session) => {
      // Whoever used this browser before leaves nothing behind on the screen.
      queryClient.clear();
      adoptSession(session);
      onDone(session);
    },
  });
}
