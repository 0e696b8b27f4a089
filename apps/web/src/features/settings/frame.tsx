/** The tabs of a tenant's settings: what the role may see. */
import { Link, Outlet } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { usePermission } from "@/api/use-session";
import { TabBar } from "@/app/tab-bar";
import { PageSkeleton } from "@/ui/page";

const TAB =
  "-mb-px flex h-11 shrink-0 items-center border-b-2 border-transparent px-3 font-medium text-muted hover:text-ink data-[status=active]:border-accent data-[status=active]:text-ink";

export function SettingsFrame() {
  const { t } = useTranslation();
  const users = usePermission("users.read");
  const chat = usePermission("chat.read");
  const read = usePermission("settings.read");
  const write = usePermission("settings.write");
  const audit = usePermission("audit.read");
  const tabs = [
    { to: "/settings/general", label: t("general.title"), shown: read },
    { to: "/settings/users", label: t("settings.users.title"), shown: users },
    { to: "/settings/roles", label: t("roles.title"), shown: users },
    { to: "/settings/lines", label: t("settings.lines.title"), shown: chat },
    { to: "/settings/tags", label: t("settings.tags.title"), shown: chat },
    { to: "/settings/quick-replies", label: t("quick.title"), shown: chat },
    { to: "/settings/branches", label: t("branches.title"), shown: read || chat },
    { to: "/settings/services", label: t("services.title"), shown: read || chat },
    { to: "/settings/audit", label: t("auditLog.title"), shown: audit },
    { to: "/settings/activity", label: t("activity.nav"), shown: write },
    { to: "/settings/dead-letters", label: t("letters.title"), shown: write },
  ] as const;
  return (
    <div className="flex h-full flex-col">
      <TabBar
        label={t("nav.settings")}
        className="flex shrink-0 overflow-x-auto border-b border-line bg-surface px-2"
      >
        {tabs.map(
          ({ to, label, shown }) =>
            shown && (
              <Link key={to} to={to} className={TAB}>
                {label}
              </Link>
            ),
        )}
      </TabBar>
      <main className="min-h-0 flex-1 overflow-y-auto">
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}
