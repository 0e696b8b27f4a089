/** One's own profile, in the frame of wherever one belongs. */

import { createRoute, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { homeOf } from "@/api/home";
import { sessionState } from "@/api/session";
import { useSession } from "@/api/use-session";
import { withTexts } from "@/lib/i18n";
import { maybe, v } from "@/lib/search";
import { PageSkeleton } from "@/ui/page";
import { requireSession, rootRoute } from "./root";
import { TenantFrame } from "./tenant";

const PlatformFrame = lazy(async () => ({
  default: (await withTexts(import("@/features/superadmin/frame"))).PlatformFrame,
}));

const ProfilePage = lazy(async () => ({
  default: (await withTexts(import("@/features/profile/profile-page"))).ProfilePage,
}));

/** `enrol`: the platform asks for a second factor, and led here. */
const search = v.object({ enrol: maybe(v.literal(true)) });

export const profileRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/profile",
  validateSearch: search,
  beforeLoad: async ({ location }) => {
    await requireSession(location.href);
  },
  component: function ProfileFrame() {
    if (useSession()?.tenant) return <TenantFrame />;
    return (
      <Suspense>
        <PlatformFrame />
      </Suspense>
    );
  },
});

/** A child of its own, so that the frame's place for a page is where it is drawn. */
export const profileIndexRoute = createRoute({
  getParentRoute: () => profileRoute,
  path: "/",
  component: function OwnProfile() {
    const navigate = useNavigate();
    const mustEnrol = profileRoute.useSearch().enrol === true;
    const page = (
      <Suspense fallback={<PageSkeleton />}>
        <ProfilePage
          mustEnrol={mustEnrol}
          onEnrolled={() => mustEnrol && void navigate({ to: homeOf(sessionState()) })}
        />
      </Suspense>
    );
    // The platform's frame has its place for a page in a <main>; a tenant's leaves that to the page.
    return useSession()?.tenant ? <main className="h-full overflow-y-auto">{page}</main> : page;
  },
});
