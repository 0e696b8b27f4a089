/** The root of all routes. */
import { createRootRoute, createRoute, Outlet, redirect } from "@tanstack/react-router";
import { homeOf } from "@/api/home";
import { restoreSession, type SessionState } from "@/api/session";
import { BrokenPage, NotFoundPage } from "@/app/boundary";

export const rootRoute = createRootRoute({
  component: Outlet,
  errorComponent: BrokenPage,
  notFoundComponent: NotFoundPage,
});

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
