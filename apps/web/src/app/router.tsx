/** The tree of routes. */
import { createRouter } from "@tanstack/react-router";
import { conversationRoute, inboxRoute } from "@/routes/inbox";
import { loginRoute } from "@/routes/login";
import { profileIndexRoute, profileRoute } from "@/routes/profile";
import { indexRoute, rootRoute } from "@/routes/root";
import {
  activityRoute,
  branchesRoute,
  deadLettersRoute,
  generalRoute,
  linesRoute,
  quickRepliesRoute,
  rolesRoute,
  servicesRoute,
  settingsIndexRoute,
  settingsRoute,
  tagsRoute,
  tenantAuditRoute,
  usersRoute,
} from "@/routes/settings";
import { startRoute } from "@/routes/start";
import {
  appsRoute,
  auditRoute,
  fleetRoute,
  peopleRoute,
  serversRoute,
  spoolRoute,
  superadminRoute,
  tenantPageRoute,
  tenantsRoute,
  unroutedRoute,
} from "@/routes/superadmin";
import { tenantRoute } from "@/routes/tenant";
import { welcomeRoute } from "@/routes/welcome";

const routeTree = rootRoute.addChildren([
  indexRoute,
  loginRoute,
  welcomeRoute,
  profileRoute.addChildren([profileIndexRoute]),
  tenantRoute.addChildren([
    inboxRoute.addChildren([conversationRoute]),
    startRoute,
    settingsRoute.addChildren([
      settingsIndexRoute,
      generalRoute,
      branchesRoute,
      servicesRoute,
      quickRepliesRoute,
      tenantAuditRoute,
      usersRoute,
      rolesRoute,
      tagsRoute,
      linesRoute,
      activityRoute,
      deadLettersRoute,
    ]),
  ]),
  superadminRoute.addChildren([
    tenantsRoute,
    tenantPageRoute,
    appsRoute,
    serversRoute,
    peopleRoute,
    unroutedRoute,
    spoolRoute,
    fleetRoute,
    auditRoute,
  ]),
]);

export function makeRouter() {
  return createRouter({ routeTree, defaultPreload: false, scrollRestoration: true });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
