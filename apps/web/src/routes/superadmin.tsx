/** The platform's side: its own frame and colour, so that nobody mistakes where he is. */

import { createRoute, lazyRouteComponent, redirect, useNavigate } from "@tanstack/react-router";
import { homeOf } from "@/api/home";
import { SPOOL_STATES } from "@/features/superadmin/spool-states";
import { TENANT_TABS } from "@/features/superadmin/tabs";
import { withTexts } from "@/lib/i18n";
import { maybe, v } from "@/lib/search";
import { requireSession, rootRoute } from "./root";

const AuditPage = lazyRouteComponent(
  () => withTexts(import("@/features/superadmin/audit-page")),
  "AuditPage",
);
const SpoolPage = lazyRouteComponent(
  () => withTexts(import("@/features/superadmin/spool-page")),
  "SpoolPage",
);
const TenantPage = lazyRouteComponent(
  () => withTexts(import("@/features/superadmin/tenant-page")),
  "TenantPage",
);

export const superadminRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/superadmin",
  beforeLoad: async ({ location }) => {
    const session = await requireSession(location.href);
    if (homeOf(session) !== "/superadmin") throw redirect({ to: homeOf(session), replace: true });
  },
  component: lazyRouteComponent(() => withTexts(import("@/features/superadmin/frame")), "PlatformFrame"),
});

export const tenantsRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "/",
  component: lazyRouteComponent(() => withTexts(import("@/features/superadmin/tenants-page")), "TenantsPage"),
});

const tenantSearch = v.object({ tab: maybe(v.picklist(TENANT_TABS)) });

export const tenantPageRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "tenants/$tenantId",
  validateSearch: tenantSearch,
  component: function TenantPageRoute() {
    const { tenantId } = tenantPageRoute.useParams();
    return (
      <TenantPage key={tenantId} tenantId={tenantId} tab={tenantPageRoute.useSearch().tab ?? "overview"} />
    );
  },
});

export const unroutedRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "unrouted",
  component: lazyRouteComponent(
    () => withTexts(import("@/features/superadmin/unrouted-page")),
    "UnroutedPage",
  ),
});

export const appsRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "apps",
  component: lazyRouteComponent(() => withTexts(import("@/features/superadmin/apps-page")), "AppsPage"),
});

export const serversRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "servers",
  component: lazyRouteComponent(() => withTexts(import("@/features/superadmin/servers-page")), "ServersPage"),
});

export const peopleRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "people",
  component: lazyRouteComponent(() => withTexts(import("@/features/superadmin/people-page")), "PeoplePage"),
});

const auditSearch = v.object({ tenant: maybe(v.string()) });

export const auditRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "audit",
  validateSearch: auditSearch,
  component: function AuditRoute() {
    const navigate = useNavigate();
    return (
      <AuditPage
        tenantId={auditRoute.useSearch().tenant}
        onTenant={(tenant) =>
          void navigate({ to: "/superadmin/audit", search: tenant ? { tenant } : {}, replace: true })
        }
      />
    );
  },
});

const spoolSearch = v.object({
  tenant: maybe(v.string()),
  state: maybe(v.picklist(SPOOL_STATES)),
});

export const spoolRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "spool",
  validateSearch: spoolSearch,
  component: function SpoolRoute() {
    const navigate = spoolRoute.useNavigate();
    return (
      <SpoolPage
        search={spoolRoute.useSearch()}
        onChange={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

export const fleetRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "fleet",
  component: lazyRouteComponent(() => withTexts(import("@/features/superadmin/fleet-page")), "FleetPage"),
});
