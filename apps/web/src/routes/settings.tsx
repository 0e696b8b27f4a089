/** Settings of a tenant: what the role may see. */
import { createRoute, Link, Outlet, redirect } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { sessionState } from "@/api/session";
import { usePermission } from "@/api/use-session";
import { ForbiddenPage } from "@/app/boundary";
import { TabBar } from "@/app/tab-bar";
import { DeadLettersPage, LETTER_KINDS, LETTER_STATES } from "@/features/settings/dead-letters-page";
import { LineActivityPage } from "@/features/settings/line-activity-page";
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

const activitySearch = z.object({ field: z.string().max(80).optional().catch(undefined) });

export const activityRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "activity",
  validateSearch: activitySearch,
  component: function GuardedActivity() {
    const navigate = activityRoute.useNavigate();
    const field = activityRoute.useSearch().field ?? "";
    if (!usePermission("settings.write")) return <ForbiddenPage />;
    return (
      <LineActivityPage
        field={field}
        onField={(name) => void navigate({ search: name ? { field: name } : {}, replace: true })}
      />
    );
  },
});

const lettersSearch = z.object({
  kind: z.enum(LETTER_KINDS).optional().catch(undefined),
  state: z.enum(LETTER_STATES).optional().catch(undefined),
  q: z.string().max(200).optional().catch(undefined),
  letter: z.string().optional().catch(undefined),
});

export const deadLettersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "dead-letters",
  validateSearch: lettersSearch,
  component: function GuardedDeadLetters() {
    const navigate = deadLettersRoute.useNavigate();
    const { letter, ...filter } = deadLettersRoute.useSearch();
    if (!usePermission("settings.write")) return <ForbiddenPage />;
    return (
      <DeadLettersPage
        filter={filter}
        letter={letter}
        onChange={(search) => void navigate({ search, replace: true })}
        onLetter={(id) => void navigate({ search: { ...filter, letter: id } })}
      />
    );
  },
});

const TAB =
  "-mb-px flex h-11 shrink-0 items-center border-b-2 border-transparent px-3 font-medium text-muted hover:text-ink data-[status=active]:border-accent data-[status=active]:text-ink";

function SettingsFrame() {
  const { t } = useTranslation();
  const users = usePermission("users.read");
  const chat = usePermission("chat.read");
  const write = usePermission("settings.write");
  return (
    <div className="flex h-full flex-col">
      <TabBar
        label={t("nav.settings")}
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
        {write && (
          <Link to="/settings/activity" className={TAB}>
            {t("activity.nav")}
          </Link>
        )}
        {write && (
          <Link to="/settings/dead-letters" className={TAB}>
            {t("letters.title")}
          </Link>
        )}
      </TabBar>
      <main className="min-h-0 flex-1 overflow-y-auto">
        <Outlet />
      </main>
    </div>
  );
}
