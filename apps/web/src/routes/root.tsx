/** The root of all routes, and where a person belongs. */
import { createRootRoute, createRoute, Outlet, redirect } from "@tanstack/react-router";
import { restoreSession, type SessionState } from "@/api/session";
import { BrokenPage, NotFoundPage } from "@/app/boundary";

export const rootRoute = createRootRoute({
  component: Outlet,
  errorComponent: BrokenPage,
  notFoundComponent: NotFoundPage,
});

/** The first page of a signed-in person. */
export function homeOf(session: SessionState): "/login" | "/superadmin" | "/inbox" | "/start" {
  if (session.status !== "active") return "/login";
  if (session.user.permissions.includes("platform") && !session.tenant) return "/superadmin";
  return session.user.permissions.includes("chat.read") ? "/inbox" : "/start";
}

export const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: async () => {
    throw redirect({ to: homeOf(await restoreSession()), replace: true });
  },
});

/** Sends strangers to the login page, with the way back in the address. */
export async function requireSession(href: string): Promise<SessionState & { status: "active" }> {
  const session = await restoreSession();
  if (session.status === "active") return session;
  throw redirect({ to: "/login", search: { redirect: href }, replace: true });
}
