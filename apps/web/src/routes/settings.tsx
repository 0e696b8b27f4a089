/** Settings of a tenant: what the role may see. */
import { createRoute, Link, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { sessionState } from "@/api/session";
import { usePermission } from "@/api/use-session";
import { ForbiddenPage } from "@/app/boundary";
import { TabBar } from "@/app/tab-bar";
import { LETTER_KINDS, LETTER_STATES } from "@/features/settings/operations";
import { PageSkeleton } from "@/ui/page";
import { tenantRoute } from "./tenant";

// Whoever answers customers does not wait for what sets the company up.
const AuditPage = lazyRouteComponent(() => import("@/features/settings/audit-page"), "AuditPage");
const BranchesPage = lazyRouteComponent(() => import("@/features/settings/branches-page"), "BranchesPage");
const DeadLettersPage = lazyRouteComponent(
  () => import("@/features/settings/dead-letters-page"),
  "DeadLettersPage",
);
const GeneralPage = lazyRouteComponent(() => import("@/features/settings/general-page"), "GeneralPage");
const LineActivityPage = lazyRouteComponent(
  () => import("@/features/settings/line-activity-page"),
  "LineActivityPage",
);
const LinesPage = lazyRouteComponent(() => import("@/features/settings/lines-page"), "LinesPage");
const QuickRepliesPage = lazyRouteComponent(
  () => import("@/features/settings/quick-replies-page"),
  "QuickRepliesPage",
);
const RolesPage = lazyRouteComponent(() => import("@/features/settings/roles-page"), "RolesPage");
const ServicesPage = lazyRouteComponent(() => import("@/features/settings/services-page"), "ServicesPage");
const TagsPage = lazyRouteComponent(() => import("@/features/settings/tags-page"), "TagsPage");
const UsersPage = lazyRouteComponent(() => import("@/features/settings/users-page"), "UsersPage");

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
    const permissions = session.status === "active" ? session.user.permissions : [];
    const may = (name: string) => permissions.includes(name);
    const first = may("settings.read")
      ? "/settings/general"
      : may("users.read")
        ? "/settings/users"
        : "/settings/lines";
    throw redirect({ to: first, replace: true });
  },
});

export const usersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "users",
  component: function GuardedUsers() {
    return usePermission("users.read") ? <UsersPage /> : <ForbiddenPage />;
  },
});

export const rolesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "roles",
  component: function GuardedRoles() {
    if (!usePermission("users.read")) return <ForbiddenPage />;
    return <RolesPage />;
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

export const generalRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "general",
  component: function GuardedGeneral() {
    return usePermission("settings.read") ? <GeneralPage /> : <ForbiddenPage />;
  },
});

export const branchesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "branches",
  component: function GuardedBranches() {
    const allowed = [usePermission("settings.read"), usePermission("chat.read")];
    return allowed.some(Boolean) ? <BranchesPage /> : <ForbiddenPage />;
  },
});

export const servicesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "services",
  component: function GuardedServices() {
    const allowed = [usePermission("settings.read"), usePermission("chat.read")];
    return allowed.some(Boolean) ? <ServicesPage /> : <ForbiddenPage />;
  },
});

export const quickRepliesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "quick-replies",
  component: function GuardedQuickReplies() {
    return usePermission("chat.read") ? <QuickRepliesPage /> : <ForbiddenPage />;
  },
});

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .optional()
  .catch(undefined);
const word = z.string().max(200).optional().catch(undefined);
const auditSearch = z.object({ actor: word, action: word, from: day, to: day, q: word });

export const tenantAuditRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "audit",
  validateSearch: auditSearch,
  component: function GuardedAudit() {
    const navigate = tenantAuditRoute.useNavigate();
    const filter = tenantAuditRoute.useSearch();
    if (!usePermission("audit.read")) return <ForbiddenPage />;
    return <AuditPage filter={filter} onChange={(search) => void navigate({ search, replace: true })} />;
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
