/** Settings of a tenant: what the role may see. */
import { createRoute, Link, Outlet, redirect } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionState } from "@/api/session";
import { usePermission } from "@/api/use-session";
import { ForbiddenPage } from "@/app/boundary";
import { LinesPage } from "@/features/settings/lines-page";
import { TagsPage } from "@/features/settings/tags-page";
import { UsersPage } from "@/features/settings/users-page";
import { tenantRoute } from "./tenant";

export const settingsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/settings",
  component: SettingsFrame,
});

export const settingsIndexRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/",
  beforeLoad: () => {
    const session = sessionState();
    const users = session.status === "active" && session.user.permissions.includes("users.read");
    throw redirect({ to: users ? "/settings/users" : "/settings/lines", replace: true });
  },
});

export const usersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "users",
  component: function GuardedUsers() {
    return usePermission("users.read") ? <UsersPage /> : <ForbiddenPage />;
  },
});

export const tagsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "tags",
  component: function GuardedTags() {
    return usePermission("chat.read") ? <TagsPage /> : <ForbiddenPage />;
  },
});

export const linesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "lines",
  component: function GuardedLines() {
    return usePermission("chat.read") ? <LinesPage /> : <ForbiddenPage />;
  },
});

const TAB =
  "-mb-px flex h-11 shrink-0 items-center border-b-2 border-transparent px-3 font-medium text-muted hover:text-ink data-[status=active]:border-accent data-[status=active]:text-ink";

function SettingsFrame() {
  const { t } = useTranslation();
  const users = usePermission("users.read");
  const chat = usePermission("chat.read");
  return (
    <div className="flex h-full flex-col">
      <nav
        aria-label={t("nav.settings")}
        className="flex shrink-0 overflow-x-auto border-b border-line bg-surface px-2"
      >
        {users && (
          <Link to="/settings/users" className={TAB}>
            {t("settings.users.title")}
          </Link>
        )}
        {chat && (
          <Link to="/settings/tags" className={TAB}>
            {t("settings.tags.title")}
          </Link>
        )}
        {chat && (
          <Link to="/settings/lines" className={TAB}>
            {t("settings.lines.title")}
          </Link>
        )}
      </nav>
      <main className="min-h-0 flex-1 overflow-y-auto">
        <Outlet />
      </main>
    </div>
  );
}
