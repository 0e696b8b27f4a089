/** How a tenant does, at a glance. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formatMoment, localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/page";
import { ErrorState, SkeletonRows } from "@/ui/states";
import { tenantHealthQuery } from "./platform-queries";

export function HealthCard({ tenantId }: { tenantId: string }) {
  const { t, i18n } = useTranslation();
  const query = useQuery(tenantHealthQuery(tenantId));
  if (query.isPending || query.isError) {
    return (
      <Card title={t("tenantHealth.title")}>
        {query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <SkeletonRows rows={5} height="h-9" />
        )}
      </Card>
    );
  }
  const health = query.data;
  const when = (at: string | null | undefined) =>
    at ? formatMoment(at, i18n.language, localZone()) : t("tenantHealth.never");
  const { lines } = health;
  const waiting = health.spool_waiting + health.spool_failed;
  return (
    <Card title={t("tenantHealth.title")}>
      <dl className="divide-y divide-line">
        <Row name={t("tenantHealth.overall")}>
          <Mark good={health.state === "ok"}>
            {t(`tenantHealth.state.${health.state}`, { defaultValue: health.state })}
          </Mark>
        </Row>
        <Row name={t("tenant.tab.database")}>
          <Mark good={health.database === "ready"}>{t(`tenantHealth.database.${health.database}`)}</Mark>
          {health.breaker !== "closed" && (
            <Mark good={false}>{t(`spool.breaker.${health.breaker}`, { defaultValue: health.breaker })}</Mark>
          )}
        </Row>
        <Row name={t("tenant.tab.lines")}>
          <Badge>{t("tenants.lines", { count: lines.active })}</Badge>
          {lines.paused > 0 && <Mark good={false}>{t("tenantHealth.paused", { count: lines.paused })}</Mark>}
          {lines.attention > 0 && (
            <Mark good={false}>{t("tenantHealth.attention", { count: lines.attention })}</Mark>
          )}
        </Row>
        <Row name={t("spool.nav")}>
          {waiting > 0 ? (
            <Link
              to="/superadmin/spool"
              search={{ tenant: tenantId }}
              className="text-accent hover:underline"
            >
              {t("tenantHealth.waiting", { count: waiting })}
            </Link>
          ) : (
            t("tenantHealth.nothingWaits")
          )}
        </Row>
        <Row name={t("tenantHealth.deadLetters")}>
          {health.dead_letters === null || health.dead_letters === undefined ? (
            t("tenantHealth.notTold")
          ) : (
            <span className="tabular">{health.dead_letters}</span>
          )}
        </Row>
        <Row name={t("tenantHealth.lastWebhook")}>{when(health.last_webhook_at)}</Row>
        <Row name={t("tenantHealth.lastIn")}>{when(health.last_message_at)}</Row>
        <Row name={t("tenantHealth.lastDelivered")}>{when(health.last_delivered_at)}</Row>
      </dl>
    </Card>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2">
      <dt className="text-muted">{name}</dt>
      <dd className="flex flex-wrap items-center gap-1.5">{children}</dd>
    </div>
  );
}

function Mark({ good, children }: { good: boolean; children: ReactNode }) {
  const Icon = good ? CircleCheck : TriangleAlert;
  return (
    <Badge tone={good ? "ok" : "warn"}>
      <Icon aria-hidden />
      {children}
    </Badge>
  );
}
