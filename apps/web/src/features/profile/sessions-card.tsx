/** Where one is logged in; each place can be closed from here. */
import { useQuery } from "@tanstack/react-query";
import { CircleHelp, LogOut, Monitor, Smartphone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LoginSession } from "@/api/types";
import { formatMoment, localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Card } from "@/ui/page";
import { ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { browserWords } from "./browser-words";
import { sessionsQuery, useEndOtherSessions, useEndSession } from "./queries";

export function SessionsCard() {
  const { t } = useTranslation();
  const sessions = useQuery(sessionsQuery);
  const endOthers = useEndOtherSessions();
  const [asking, setAsking] = useState(false);
  const items = [...(sessions.data?.items ?? [])].sort((a, b) => Number(b.is_current) - Number(a.is_current));
  return (
    <Card title={t("sessions.title")}>
      {sessions.isPending ? (
        <SkeletonRows rows={3} height="h-16" />
      ) : sessions.isError ? (
        <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : (
        <ul className="divide-y divide-line">
          {items.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      )}
      {items.length > 1 && (
        <div className="border-t border-line p-4">
          <Button variant="danger" onClick={() => setAsking(true)}>
            <LogOut aria-hidden />
            {t("sessions.endOthers")}
          </Button>
        </div>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("sessions.endOthers")}
        text={t("sessions.endOthersText", { count: items.length - 1 })}
        verb={t("sessions.endOthers")}
        busy={endOthers.isPending}
        onConfirm={() =>
          endOthers.mutate(undefined, {
            onSuccess: () => {
              toast.success(t("sessions.othersEnded"));
              setAsking(false);
            },
          })
        }
      />
    </Card>
  );
}

function SessionRow({ session }: { session: LoginSession }) {
  const { t, i18n } = useTranslation();
  const end = useEndSession();
  const { name, handheld } = browserWords(session.user_agent);
  const Icon = !name ? CircleHelp : handheld ? Smartphone : Monitor;
  const when = (at: string) => formatMoment(at, i18n.language, localZone());
  const words = name ?? t("sessions.unknown");
  return (
    <li className="flex min-h-16 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
      <Icon aria-hidden className="size-5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p
          className="flex flex-wrap items-center gap-x-2 font-medium"
          title={session.user_agent ?? undefined}
        >
          {words}
          {session.is_current && <Badge tone="ok">{t("sessions.current")}</Badge>}
        </p>
        <p className="tabular text-list text-muted">
          {session.ip ?? t("sessions.noAddress")} · {t("sessions.began", { when: when(session.began_at) })} ·{" "}
          {t("sessions.used", { when: when(session.last_used_at) })}
        </p>
      </div>
      {!session.is_current && (
        <Button
          size="sm"
          aria-label={t("sessions.endNamed", { name: words })}
          busy={end.isPending}
          onClick={() => end.mutate(session.id, { onSuccess: () => toast.success(t("sessions.ended")) })}
        >
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}
