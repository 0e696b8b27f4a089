/** Settings of a tenant: what the role may see. */

import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { sessionState } from "@/api/session";
import { usePermission } from "@/api/use-session";
import { ForbiddenPage } from "@/app/boundary";
import { LETTER_KINDS, LETTER_STATES } from "@/features/settings/letters";
import { withTexts } from "@/lib/i18n";
import { maybe, v } from "@/lib/search";
import { tenantRoute } from "./tenant";

// Whoever answers customers does not wait for what sets the company up.
const AuditPage = lazyRouteComponent(() => withTexts(import("@/features/settings/audit-page")), "AuditPage");
const BranchesPage = lazyRouteComponent(
  () => withTexts(import("@/features/settings/branches-page")),
  "BranchesPage",
);
const DeadLettersPage = lazyRouteComponent(
  () => withTexts(import("@/features/settings/dead-letters-page")),
  "DeadLettersPage",
);
const GeneralPage = lazyRouteComponent(
  () => withTexts(import("@/features/settings/general-page")),
  "GeneralPage",
);
const LineActivityPage = lazyRouteComponent(
  () => withTexts(import("@/features/settings/line-activity-page")),
  "LineActivityPage",
);
const LinesPage = lazyRouteComponent(() => withTexts(import("@/features/settings/lines-page")), "LinesPage");
const QuickRepliesPage = lazyRouteComponent(
  () => withTexts(import("@/features/settings/quick-replies-page")),
  "QuickRepliesPage",
);
const RolesPage = lazyRouteComponent(() => withTexts(import("@/features/settings/roles-page")), "RolesPage");
const ServicesPage = lazyRouteComponent(
  () => withTexts(import("@/features/settings/services-page")),
  "ServicesPage",
);
const TagsPage = lazyRouteComponent(() => withTexts(import("@/features/settings/tags-page")), "TagsPage");
const UsersPage = lazyRouteComponent(() => withTexts(import("@/features/settings/users-page")), "UsersPage");

export const settingsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/settings",
  component: lazyRouteComponent(() => withTexts(import("@/features/settings/frame")), "SettingsFrame"),
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

const day = maybe(v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/)));
const word = maybe(v.pipe(v.string(), v.maxLength(200)));
const auditSearch = v.object({ actor: word, action: word, from: day, to: day, q: word });

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

const activitySearch = v.object({ field: maybe(v.pipe(v.string(), v.maxLength(80))) });

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

const lettersSearch = v.object({
  kind: maybe(v.picklist(LETTER_KINDS)),
  state: maybe(v.picklist(LETTER_STATES)),
  q: maybe(v.pipe(v.string(), v.maxLength(200))),
  letter: maybe(v.string()),
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
