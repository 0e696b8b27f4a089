/** The platform's frame, in its own colour, so that nobody mistakes where he is. */
import { Link, Outlet } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/use-session";
import { ProfileMenu } from "@/app/profile-menu";
import { TabBar } from "@/app/tab-bar";
import { Logo } from "@/ui/logo";
import { PageSkeleton } from "@/ui/page";
import { PlatformBanner } from "./platform-banner";

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
