/** The platform's side: its own frame and colour, so that nobody mistakes where he is. */
import { createRoute, Link, lazyRouteComponent, Outlet, redirect, useNavigate } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { useSession } from "@/api/use-session";
import { ProfileMenu } from "@/app/profile-menu";
import { TabBar } from "@/app/tab-bar";
import { SPOOL_STATES } from "@/features/superadmin/operations";
import { PlatformBanner } from "@/features/superadmin/platform-banner";
import { TENANT_TABS } from "@/features/superadmin/tabs";
import { Logo } from "@/ui/logo";
import { PageSkeleton } from "@/ui/page";
import { homeOf, requireSession, rootRoute } from "./root";

const AuditPage = lazyRouteComponent(() => import("@/features/superadmin/audit-page"), "AuditPage");
const SpoolPage = lazyRouteComponent(() => import("@/features/superadmin/spool-page"), "SpoolPage");
const TenantPage = lazyRouteComponent(() => import("@/features/superadmin/tenant-page"), "TenantPage");

export const superadminRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/superadmin",
  beforeLoad: async ({ location }) => {
    const session = await requireSession(location.href);
    if (homeOf(session) !== "/superadmin") throw redirect({ to: homeOf(session), replace: true });
  },
  component: PlatformFrame,
});

export const tenantsRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/superadmin/tenants-page"), "TenantsPage"),
});

const tenantSearch = z.object({ tab: z.enum(TENANT_TABS).optional().catch(undefined) });

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
  component: lazyRouteComponent(() => import("@/features/superadmin/unrouted-page"), "UnroutedPage"),
});

export const appsRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "apps",
  component: lazyRouteComponent(() => import("@/features/superadmin/apps-page"), "AppsPage"),
});

export const serversRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "servers",
  component: lazyRouteComponent(() => import("@/features/superadmin/servers-page"), "ServersPage"),
});

export const peopleRoute = createRoute({
  getParentRoute: () => superadminRoute,
  path: "people",
  component: lazyRouteComponent(() => import("@/features/superadmin/people-page"), "PeoplePage"),
});

const auditSearch = z.object({ tenant: z.string().optional().catch(undefined) });

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

const spoolSearch = z.object({
  tenant: z.string().optional().catch(undefined),
  state: z.enum(SPOOL_STATES).optional().catch(undefined),
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
  component: lazyRouteComponent(() => import("@/features/superadmin/fleet-page"), "FleetPage"),
});

const NAV =
  "flex h-12 shrink-0 items-center border-b-2 border-transparent px-2.5 font-medium text-white/80 xl:px-3 outline-offset-[-3px] focus-visible:outline-white hover:text-white data-[status=active]:border-white data-[status=active]:text-white";

export function PlatformFrame() {
  const { t } = useTranslation();
  const session = useSession();
  useEffect(() => {
    document.documentElement.dataset["frame"] = "platform";
    document.title = `${t("platform.name")} · Centralita`;
    return () => {
      delete document.documentElement.dataset["frame"];
      document.title = "Centralita";
    };
  }, [t]);
  return (
    <div className="flex h-full flex-col">
      <header className="flex shrink-0 items-center gap-x-4 bg-platform-bar px-4 text-white max-sm:flex-wrap sm:px-6">
        <span className="flex h-12 shrink-0 items-center gap-2.5 font-semibold">
          <Logo size={24} />
          {t("platform.name")}
        </span>
        <TabBar
          label={t("nav.main")}
          className="flex min-w-0 overflow-x-auto max-sm:order-last max-sm:w-full"
        >
          <Link to="/superadmin" activeOptions={{ exact: true }} className={NAV}>
            {t("tenants.title")}
          </Link>
          <Link to="/superadmin/apps" className={NAV}>
            {t("apps.title")}
          </Link>
          <Link to="/superadmin/servers" className={NAV}>
            {t("servers.title")}
          </Link>
          <Link to="/superadmin/unrouted" className={NAV}>
            {t("unrouted.nav")}
          </Link>
          <Link to="/superadmin/spool" className={NAV}>
            {t("spool.nav")}
          </Link>
          <Link to="/superadmin/fleet" className={NAV}>
            {t("fleet.title")}
          </Link>
          <Link to="/superadmin/audit" className={NAV}>
            {t("audit.title")}
          </Link>
          <Link to="/superadmin/people" className={NAV}>
            {t("people.title")}
          </Link>
        </TabBar>
        <div className="ml-auto min-w-28">
          <ProfileMenu
            trigger={
              <button
                type="button"
                aria-label={t("nav.profile")}
                className="flex h-9 max-w-36 items-center gap-1 rounded-md px-2 hover:bg-white/10 xl:max-w-52 focus-visible:outline-white"
              >
                <span className="truncate">{session?.user.email}</span>
                <ChevronDown aria-hidden className="size-4 shrink-0" />
              </button>
            }
          />
        </div>
      </header>
      <PlatformBanner />
      <main className="min-h-0 flex-1 overflow-y-auto">
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}
