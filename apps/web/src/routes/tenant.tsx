/** The frame of a tenant's people: rail on the desktop, bar at the bottom on the phone. */
import { useQuery } from "@tanstack/react-query";
import { createRoute, Link, Outlet, redirect } from "@tanstack/react-router";
import { Inbox, type LucideIcon, Settings } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { logoUrl } from "@/api/base";
import { meQuery } from "@/api/directory";
import { usePermission, useSession } from "@/api/use-session";
import { ImpersonationBanner } from "@/app/impersonation-banner";
import { ProfileMenu } from "@/app/profile-menu";
import { NotificationBell } from "@/features/notifications/bell";
import { setBrandColour } from "@/lib/theme";
import { Avatar } from "@/ui/badge";
import { Logo } from "@/ui/logo";
import { Tooltip } from "@/ui/tooltip";
import { requireSession, rootRoute } from "./root";

export const tenantRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "tenant",
  beforeLoad: async ({ location }) => {
    const session = await requireSession(location.href);
    if (!session.tenant) throw redirect({ to: "/superadmin", replace: true });
  },
  component: TenantFrame,
});

export function TenantFrame() {
  const { t } = useTranslation();
  const session = useSession();
  const { data: me } = useQuery(meQuery);
  const brandColour = me?.branding?.color_primary ?? null;
  useEffect(() => {
    setBrandColour(brandColour);
    return () => setBrandColour(null);
  }, [brandColour]);
  const chat = usePermission("chat.read");
  const settings = usePermission("settings.read");
  const users = usePermission("users.read");
  return (
    <div className="flex h-full flex-col">
      <ImpersonationBanner />
      <div className="flex min-h-0 flex-1 flex-col-reverse sm:flex-row">
        <nav
          aria-label={t("nav.main")}
          className="flex shrink-0 items-center border-line bg-surface max-sm:h-14 max-sm:justify-around max-sm:border-t max-sm:pb-[env(safe-area-inset-bottom)] sm:w-14 sm:flex-col sm:gap-1 sm:border-r sm:py-3"
        >
          <Tooltip text={me?.branding?.brand_name ?? session?.tenant?.name ?? "Centralita"} side="right">
            <span className="mb-2 max-sm:hidden">
              <Brand logo={me?.branding?.logo_url ?? null} />
            </span>
          </Tooltip>
          {chat && <RailLink to="/inbox" icon={Inbox} label={t("nav.inbox")} />}
          {(settings || users || chat) && (
            <RailLink to="/settings" icon={Settings} label={t("nav.settings")} />
          )}
          <div className="sm:mt-auto sm:mb-1">{chat && <NotificationBell />}</div>
          <div>
            <ProfileMenu
              side="top"
              trigger={
                <button
                  type="button"
                  aria-label={t("nav.profile")}
                  className="flex size-10 items-center justify-center rounded-md hover:bg-raised"
                >
                  <Avatar name={session?.user.name ?? "?"} seed={session?.user.id ?? ""} size="sm" />
                </button>
              }
            />
          </div>
        </nav>
        <div className="min-h-0 min-w-0 flex-1">
          <Outlet />
        </div>
      </div>
    </div>
  );
}

function Brand({ logo }: { logo: string | null }) {
  if (!logo) return <Logo size={32} />;
  return (
    <img src={logoUrl(logo)} alt="" width={32} height={32} className="size-8 rounded-md object-contain" />
  );
}

interface RailLinkProps {
  to: "/inbox" | "/settings";
  icon: LucideIcon;
  label: string;
}

function RailLink({ to, icon: Icon, label }: RailLinkProps) {
  return (
    <Tooltip text={label} side="right">
      <Link
        to={to}
        aria-label={label}
        className="flex size-10 items-center justify-center rounded-md text-muted hover:bg-raised hover:text-ink max-sm:w-16 data-[status=active]:bg-raised data-[status=active]:text-accent"
      >
        <Icon aria-hidden className="size-5" />
      </Link>
    </Tooltip>
  );
}
