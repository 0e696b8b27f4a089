/** Where links of invitations and of forgotten passwords lead. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { withTexts } from "@/lib/i18n";
import { rootRoute } from "./root";

export const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/welcome",
  component: lazyRouteComponent(() => withTexts(import("@/features/auth/welcome-page")), "WelcomePage"),
});
