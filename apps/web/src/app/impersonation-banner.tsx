/** Across the top while a SuperAdmin is here with somebody else's eyes: who, why, how long, and the way out. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Eye, LogOut, PencilLine } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { meQuery } from "@/api/directory";
import { leaveImpersonation } from "@/api/session";
import { useSession } from "@/api/use-session";
import { useNow } from "@/lib/use-now";
import { toast } from "@/ui/toast";

export function ImpersonationBanner() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const session = useSession();
  const { data: me } = useQuery(meQuery);
  const now = useNow();
  const here = me?.impersonation;
  const until = here ? Date.parse(here.until) : Number.POSITIVE_INFINITY;
  const isOver = until <= now;
  const tenantId = session?.tenant?.id;

  async function leave(): Promise<void> {
    const own = await leaveImpersonation().catch(() => false);
    queryClient.clear();
    if (!own) await navigate({ to: "/login", replace: true });
    else if (tenantId) {
      await navigate({ to: "/superadmin/tenants/$tenantId", params: { tenantId }, replace: true });
    }
  }

  useEffect(() => {
    if (isOver && session?.impersonating) void leaveImpersonation().catch(() => undefined);
  }, [isOver, session?.impersonating]);

  useEffect(() => {
    // It ended: by its time, or somebody ended it. The tab is in one's own session again.
    if (session?.tenant !== null) return;
    toast.info(t("impersonation.over"));
    queryClient.clear();
    void navigate({ to: "/superadmin", replace: true });
  }, [session?.tenant, navigate, queryClient, t]);

  if (!session?.impersonating || !here) return null;
  const minutes = Math.max(0, Math.ceil((until - now) / 60_000));
  const Mode = here.write ? PencilLine : Eye;
  const eyes =
    session.user.email === here.by.email
      ? t("impersonation.asRole", { role: session.user.role_name })
      : t("impersonation.asUser", { name: session.user.name, role: session.user.role_name });
  return (
    <aside
      aria-label={t("impersonation.label")}
      className="grid shrink-0 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 bg-platform-bar px-4 py-1.5 text-white sm:flex"
    >
      <p className="flex min-w-0 items-center gap-2 font-medium">
        <Mode aria-hidden className="size-4 shrink-0" />
        <span className="min-w-0">
          {eyes} · {t(here.write ? "impersonation.writes" : "impersonation.looks")}
        </span>
      </p>
      <p className="min-w-0 flex-1 truncate text-list text-white/85" title={here.reason}>
        {here.by.email}: {here.reason}
      </p>
      <p className="justify-self-end text-list tabular-nums" role="timer">
        {t("impersonation.left", { count: minutes })}
      </p>
      <button
        type="button"
        onClick={() => void leave()}
        className="flex h-8 shrink-0 items-center max-sm:col-start-2 max-sm:row-start-1 gap-1.5 rounded-md border border-white/60 px-2.5 font-medium hover:bg-white/10 focus-visible:outline-white"
      >
        <LogOut aria-hidden className="size-4" />
        {t("impersonation.leave")}
      </button>
    </aside>
  );
}
