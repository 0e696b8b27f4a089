/** The session for components: who is signed in and what he may do. */
import { useSyncExternalStore } from "react";
import { sessionState, subscribeSession } from "./session";
import type { SessionUser, TenantRef } from "./types";

export function useSession(): {
  user: SessionUser;
  tenant: TenantRef | null;
  impersonating: boolean;
} | null {
  const state = useSyncExternalStore(subscribeSession, sessionState);
  return state.status === "active" ? state : null;
}

export function usePermission(permission: string): boolean {
  return useSession()?.user.permissions.includes(permission) ?? false;
}
