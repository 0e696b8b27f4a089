/** The processes that work on tenants, and whether each tenant has one. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Server } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { formatFull, localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Copy } from "@/ui/copy";
import { LoadMore } from "@/ui/load-more";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { fleetQuery } from "./operations";

/** A process that was not seen for so long is dead. */
const DEAD_AFTER = 30_000;

export function FleetPage() {
  const { t, i18n } = useTranslation();
  const fleet = useInfiniteQuery(fleetQuery);
  const when = (at: string) => formatFull(at, i18n.language, localZone());
  const first = fleet.data?.pages[0];
  const items = fleet.data?.pages.flatMap((page) => page.items) ?? [];
  // By the servers' clock, not the reader's: whoever answered has just been seen.
  const newest = Math.max(...items.map((worker) => Date.parse(worker.seen_at)));
  const isDead = (seenAt: string) => newest - Date.parse(seenAt) > DEAD_AFTER;
  const failed = fleet.isError && !first;
  return (
    <Page title={t("fleet.title")} text={t("fleet.text")}>
      {first && (
        <dl className="mb-4 grid gap-3 sm:grid-cols-3">
          <Figure label={t("fleet.tenants")}>{first.tenants}</Figure>
          <Figure label={t("fleet.withoutOwner")} tone={first.tenants_without_owner > 0 ? "bad" : "ok"}>
            {first.tenants_without_owner}
          </Figure>
          <Figure label={t("fleet.oldestLease")} small>
            {first.oldest_lease_until ? when(first.oldest_lease_until) : "–"}
          </Figure>
        </dl>
      )}
      <Card title={t("fleet.workers")}>
        {fleet.isPending ? (
          <SkeletonRows rows={3} height="h-16" />
        ) : failed ? (
          <ErrorState error={fleet.error} onRetry={() => void fleet.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={Server} text={t("fleet.empty")} />
        ) : (
          <>
            <ul className="divide-y divide-line">
              {items.map((worker) => (
                <li
                  key={worker.id}
                  className="grid items-center gap-x-6 gap-y-1 px-4 py-2.5 text-list sm:grid-cols-[minmax(0,1fr)_7rem_17rem]"
                >
                  <div className="grid min-w-0 gap-0.5">
                    <p className="flex flex-wrap items-center gap-2 text-sm">
                      <span className="font-medium wrap-anywhere">{worker.name}</span>
                      <Badge tone={isDead(worker.seen_at) ? "bad" : "ok"}>
                        {t(isDead(worker.seen_at) ? "fleet.dead" : "fleet.alive")}
                      </Badge>
                    </p>
                    <Copy value={worker.id} className="text-xs" />
                  </div>
                  <p className="tabular font-medium">{t("fleet.lanes", { count: worker.lanes })}</p>
                  <div className="grid gap-0.5 text-muted">
                    <p>{t("fleet.seen", { when: when(worker.seen_at) })}</p>
                    <p>{t("fleet.started", { when: when(worker.started_at) })}</p>
                    {worker.oldest_lease_until && (
                      <p>{t("fleet.leaseUntil", { when: when(worker.oldest_lease_until) })}</p>
                    )}
                  </div>
                </li>
              ))}
            </ul>
            <LoadMore query={fleet} />
          </>
        )}
      </Card>
    </Page>
  );
}

interface FigureProps {
  label: string;
  tone?: "ok" | "bad";
  small?: boolean;
  children: ReactNode;
}

function Figure({ label, tone, small, children }: FigureProps) {
  return (
    <div className="flex flex-col-reverse justify-end rounded-md border border-line bg-surface px-4 py-3">
      <dt className="text-list text-muted">{label}</dt>
      <dd
        className={cn(
          "tabular font-semibold",
          small ? "leading-7" : "text-xl leading-7",
          tone === "bad" && "text-bad",
          tone === "ok" && "text-ok",
        )}
      >
        {children}
      </dd>
    </div>
  );
}
