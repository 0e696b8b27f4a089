/** Where somebody signs in. */

import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { homeOf } from "@/api/home";
import { restoreSession, sessionState } from "@/api/session";
import { withTexts } from "@/lib/i18n";
import { maybe, v } from "@/lib/search";
import { rootRoute } from "./root";

const search = v.object({ redirect: maybe(v.string()) });

export const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/login",
  validateSearch: search,
  beforeLoad: async () => {
    // An unreachable server must not keep anybody from seeing the form.
    const session = await restoreSession().catch(() => sessionState());
    if (session.status === "active") throw redirect({ to: homeOf(session), replace: true });
  },
  component: lazyRouteComponent(() => withTexts(import("@/features/auth/login-page")), "LoginPage"),
});
