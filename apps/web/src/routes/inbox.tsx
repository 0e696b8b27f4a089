/** /inbox and /inbox/:conversation: the same desk, with or without an open thread. */
import { createRoute, redirect, useParams } from "@tanstack/react-router";
import { homeOf } from "@/api/home";
import { sessionState } from "@/api/session";
import { inboxSearch } from "@/features/conversations/filters";
import { Inbox } from "@/features/conversations/inbox";

import { tenantRoute } from "./tenant";

export const inboxRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "/inbox",
  validateSearch: inboxSearch,
  beforeLoad: () => {
    const home = homeOf(sessionState());
    if (home !== "/inbox") throw redirect({ to: home, replace: true });
  },
  component: InboxPage,
});

export const conversationRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: "$conversationId",
});

function InboxPage() {
  const search = inboxRoute.useSearch();
  const { conversationId } = useParams({ strict: false });
  return <Inbox search={search} openId={conversationId ?? null} />;
}
