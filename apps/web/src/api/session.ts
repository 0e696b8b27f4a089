/**
 * The signed-in session: access token in memory, renewal through the API.
 * One renewal at a time, in this tab by a shared promise and across tabs by a browser lock,
 * because a refresh token is spent by its first use.
 */
import { ProblemError } from "@/lib/problem";
import { readStored, writeStored } from "@/lib/storage";
import { API_BASE } from "./base";
import type { Session, SessionUser, TenantRef } from "./types";

const HINT = "centralita.session";
const REFRESH = "centralita.refresh";
const LOCK = "centralita.session";

export type SessionState =
  | { status: "unknown" | "anonymous" }
  | { status: "active"; token: string; expiresAt: number; user: SessionUser; tenant: TenantRef | null };

let state: SessionState = { status: "unknown" };
let renewal: Promise<boolean> | null = null;
const listeners = new Set<() => void>();
const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("centralita.session");

function set(next: SessionState): void {
  state = next;
  for (const notify of listeners) notify();
}

tabs?.addEventListener("message", (event) => {
  if (event.data === "ended") set({ status: "anonymous" });
});

export function sessionState(): SessionState {
  return state;
}

export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function adoptSession(session: Session): void {
  writeStored(HINT, "1");
  if (session.refresh_token) writeStored(REFRESH, session.refresh_token);
  set({
    status: "active",
    token: session.access_token,
    expiresAt: Date.now() + session.expires_in * 1000,
    user: session.user,
    tenant: session.tenant,
  });
}

function forget(): void {
  writeStored(HINT, null);
  writeStored(REFRESH, null);
  set({ status: "anonymous" });
}

function postJson(path: string): Promise<Response> {
  const kept = readStored(REFRESH);
  return fetch(`${API_BASE}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(kept ? { refresh_token: kept } : {}),
  });
}

async function renewOnce(): Promise<boolean> {
  const response = await postJson("/api/auth/refresh");
  if (response.ok) {
    adoptSession((await response.json()) as Session);
    return true;
  }
  if (response.status === 401 || response.status === 403) {
    forget();
    return false;
  }
  throw new ProblemError(await response.json().catch(() => ({})), response.status);
}

/** Renews the session; false when it has ended. Throws when the server cannot be reached. */
export function renewSession(): Promise<boolean> {
  renewal ??= (
    "locks" in navigator ? navigator.locks.request(LOCK, renewOnce).then((ok) => ok) : renewOnce()
  ).finally(() => {
    renewal = null;
  });
  return renewal;
}

/** Brings the session back after a reload; asks the server only when there was one. */
export async function restoreSession(): Promise<SessionState> {
  if (state.status !== "unknown") return state;
  if (!readStored(HINT)) {
    set({ status: "anonymous" });
    return state;
  }
  await renewSession();
  return state;
}

/** A token that will still be valid when it arrives. */
export async function freshToken(): Promise<string | null> {
  if (state.status !== "active") return null;
  if (state.expiresAt - Date.now() < 10_000) await renewSession();
  const current = sessionState();
  return current.status === "active" ? current.token : null;
}

export async function endSession(): Promise<void> {
  const token = state.status === "active" ? state.token : null;
  const kept = readStored(REFRESH);
  forget();
  tabs?.postMessage("ended");
  // Out is out, also when the server cannot be told: the token is gone from this browser.
  await fetch(`${API_BASE}/api/auth/logout`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(kept ? { refresh_token: kept } : {}),
  }).catch(() => undefined);
}
