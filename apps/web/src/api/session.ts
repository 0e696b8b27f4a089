/**
 * The signed-in session: access token in memory, renewal through the API.
 * One renewal at a time, in this tab by a shared promise and across tabs by a browser lock,
 * because a refresh token is spent by its first use.
 *
 * An impersonation takes the session's place in its own tab only. Nothing renews it: when it is
 * over, the tab is back in the SuperAdmin's own session.
 */
import { ProblemError } from "@/lib/problem";
import { readStored, readTab, writeStored, writeTab } from "@/lib/storage";
import { API_BASE } from "./base";
import type { Impersonated, Session, SessionUser, TenantRef } from "./types";

const HINT = "centralita.session";
const REFRESH = "centralita.refresh";
const LOCK = "centralita.session";
const IMPERSONATION = "centralita.impersonation";

export type SessionState =
  | { status: "unknown" | "anonymous" }
  | {
      status: "active";
      token: string;
      expiresAt: number;
      user: SessionUser;
      tenant: TenantRef | null;
      /** Whether a SuperAdmin is here with somebody else's eyes. */
      impersonating: boolean;
    };

let state: SessionState = { status: "unknown" };
let renewal: Promise<boolean> | null = null;
const listeners = new Set<() => void>();
const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("centralita.session");

function set(next: SessionState): void {
  state = next;
  for (const notify of listeners) notify();
}

tabs?.addEventListener("message", (event) => {
  if (event.data === "ended") {
    writeTab(IMPERSONATION, null);
    set({ status: "anonymous" });
  }
  // What is on the screen belongs to the company that was left.
  if (event.data === "switched" && !isImpersonating()) window.location.assign("/");
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
    impersonating: false,
  });
}

/** The same after a change to another company: the other tabs follow. */
export function adoptSwitched(session: Session): void {
  adoptSession(session);
  tabs?.postMessage("switched");
}

function isImpersonating(): boolean {
  return state.status === "active" && state.impersonating;
}

export function adoptImpersonation(begun: Impersonated): void {
  const kept = {
    token: begun.access_token,
    expiresAt: Date.parse(begun.expires_at),
    user: begun.user,
    tenant: begun.tenant,
  };
  writeTab(IMPERSONATION, JSON.stringify(kept));
  set({ status: "active", impersonating: true, ...kept });
}

function keptImpersonation(): SessionState | null {
  const kept = readTab(IMPERSONATION);
  if (!kept) return null;
  try {
    const found = JSON.parse(kept) as Omit<SessionState & { status: "active" }, "status" | "impersonating">;
    if (found.expiresAt > Date.now()) return { status: "active", impersonating: true, ...found };
  } catch {
    // Nothing that this application wrote.
  }
  writeTab(IMPERSONATION, null);
  return null;
}

/** Leaves an impersonation, or notes that it is over; the tab is in one's own session again. */
export async function leaveImpersonation(): Promise<boolean> {
  const left = state.status === "active" && state.impersonating ? state.token : null;
  writeTab(IMPERSONATION, null);
  if (left) {
    // Out is out, also when the server cannot be told: it ends by itself, and soon.
    await fetch(`${API_BASE}/api/auth/impersonation/end`, {
      method: "POST",
      headers: { Authorization: `Bearer ${left}` },
    }).catch(() => undefined);
  }
  return renewOwn();
}

function forget(): void {
  writeTab(IMPERSONATION, null);
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
  // What has no renewal is over.
  return isImpersonating() ? leaveImpersonation() : renewOwn();
}

function renewOwn(): Promise<boolean> {
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
  const impersonation = keptImpersonation();
  if (impersonation) {
    set(impersonation);
    return impersonation;
  }
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
  const margin = state.impersonating ? 0 : 10_000;
  if (state.expiresAt - Date.now() < margin) await renewSession();
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
