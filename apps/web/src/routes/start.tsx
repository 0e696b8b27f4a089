/** Where somebody without conversations arrives. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withTexts } from "@/lib/i18n";
import { tenantRoute } from "./tenant";

export const startRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/start",
  component: lazyRouteComponent(() => withTexts(import("@/features/start-page")), "StartPage"),
});
