/** One's own profile, in the frame of wherever one belongs. */
import { createRoute, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { z } from "zod";
import { sessionState } from "@/api/session";
import { useSession } from "@/api/use-session";
import { PageSkeleton } from "@/ui/page";
import { homeOf, requireSession, rootRoute } from "./root";
import { PlatformFrame } from "./superadmin";
import { TenantFrame } from "./tenant";

const ProfilePage = lazy(async () => ({
  default: (await import("@/features/profile/profile-page")).ProfilePage,
}));

/** `enrol`: the platform asks for a second factor, and led here. */
const search = z.object({ enrol: z.literal(true).optional().catch(undefined) });

export const profileRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/profile",
  validateSearch: search,
  beforeLoad: async ({ location }) => {
    await requireSession(location.href);
  },
  component: function ProfileFrame() {
    return useSession()?.tenant ? <TenantFrame /> : <PlatformFrame />;
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
