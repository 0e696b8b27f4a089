/** Entries of the platform's audit, page by page, with what narrows them and the way to take them along. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Download, ScrollText } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuditEntry } from "@/api/types";
import { formatFull, localZone } from "@/lib/time";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { LoadMore } from "@/ui/load-more";
import { Card } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { type AuditSearch, auditListQuery, useExportAudit } from "./platform-queries";
import { tenantsQuery } from "./queries";

const BLANK = { q: "", actor: "", action: "", from: "", until: "" };

/** The beginning of a day where the reader is, or of the day after. */
function dayStart(day: string, after = 0): string | undefined {
  if (!day) return undefined;
  const date = new Date(`${day}T00:00`);
  if (Number.isNaN(date.getTime())) return undefined;
  date.setDate(date.getDate() + after);
  return date.toISOString();
}

export function AuditList({ tenantId }: { tenantId: string | undefined }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(BLANK);
  const wanted = useDeferredValue(typed);
  const search: AuditSearch = {
    tenant_id: tenantId,
    q: wanted.q.trim(),
    actor: wanted.actor.trim(),
    action: wanted.action.trim(),
    from: dayStart(wanted.from),
    until: dayStart(wanted.until, 1),
  };
  const audit = useInfiniteQuery(auditListQuery(search));
  const tenants = useQuery({ ...tenantsQuery(""), enabled: !tenantId });
  const take = useExportAudit();
  const found = audit.data?.pages.flatMap((page) => page.items) ?? [];
  const isNarrowed = Object.values(typed).some((text) => text.trim() !== "");
  const nameOf = (id: string) => tenants.data?.items.find((tenant) => tenant.id === id)?.name ?? id;
  return (
    <div className="grid gap-3">
      <fieldset className="flex flex-wrap items-end gap-2">
        <legend className="sr-only">{t("auditFilter.legend")}</legend>
        {(["q", "actor", "action"] as const).map((name) => (
          <Input
            key={name}
            type="search"
            className="min-w-40 flex-1"
            aria-label={t(`auditFilter.${name}`)}
            placeholder={t(`auditFilter.${name}`)}
            value={typed[name]}
            onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
          />
        ))}
        {(["from", "until"] as const).map((name) => (
          <span key={name} className="flex items-center gap-1.5 text-list text-muted">
            <span aria-hidden>{t(`auditFilter.${name}`)}</span>
            <Input
              type="date"
              aria-label={t(`auditFilter.${name}`)}
              className="w-auto"
              value={typed[name]}
              onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
            />
          </span>
        ))}
        <Button busy={take.isPending} onClick={() => take.mutate(search)}>
          <Download aria-hidden />
          {t("auditFilter.export")}
        </Button>
      </fieldset>
      <Card>
        {audit.isPending ? (
          <SkeletonRows rows={8} />
        ) : audit.isError ? (
          <ErrorState error={audit.error} onRetry={() => void audit.refetch()} />
        ) : found.length === 0 ? (
          <EmptyState icon={ScrollText} text={t(isNarrowed ? "auditFilter.nothing" : "audit.empty")} />
        ) : (
          <ul className="divide-y divide-line">
            {found.map((entry) => (
              <EntryRow
                key={entry.id}
                entry={entry}
                tenant={!tenantId && entry.tenant_id ? nameOf(entry.tenant_id) : null}
              />
            ))}
          </ul>
        )}
        <LoadMore query={audit} />
      </Card>
    </div>
  );
}

function EntryRow({ entry, tenant }: { entry: AuditEntry; tenant: string | null }) {
  const { t, i18n } = useTranslation();
  return (
    <li className="grid gap-x-4 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[11rem_1fr]">
      <time dateTime={entry.at} className="text-list text-muted">
        {formatFull(entry.at, i18n.language, localZone())}
      </time>
      <div className="min-w-0">
        <p className="wrap-anywhere">
          <span className="font-medium">{entry.actor?.email ?? t("author.system")}</span>{" "}
          <code className="font-mono text-list">{entry.action}</code>{" "}
          {entry.target && <span className="font-mono text-list text-muted">{entry.target}</span>}
        </p>
        {tenant && <p className="text-list text-muted">{tenant}</p>}
        {hasMembers(entry.data) && (
          <details className="text-list text-muted">
            <summary className="w-fit">{t("audit.data")}</summary>
            <pre className="mt-1 overflow-x-auto rounded-[6px] bg-bg p-2 font-mono text-xs">
              {JSON.stringify(entry.data, null, 2)}
            </pre>
          </details>
        )}
      </div>
    </li>
  );
}

function hasMembers(data: unknown): boolean {
  return typeof data === "object" && data !== null && Object.keys(data).length > 0;
}
