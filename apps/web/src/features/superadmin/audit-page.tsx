/** Who did what on the platform. */
import { useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatFull, localZone } from "@/lib/time";
import { Select } from "@/ui/field";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { auditQuery, tenantsQuery } from "./queries";

interface AuditPageProps {
  tenantId: string | undefined;
  onTenant: (id: string | undefined) => void;
}

export function AuditPage({ tenantId, onTenant }: AuditPageProps) {
  const { t, i18n } = useTranslation();
  const audit = useQuery(auditQuery(tenantId));
  const tenants = useQuery(tenantsQuery(""));
  const nameOf = (id: string) => tenants.data?.items.find((tenant) => tenant.id === id)?.name ?? id;
  return (
    <Page
      title={t("audit.title")}
      text={t("audit.text")}
      actions={
        <Select
          aria-label={t("audit.filter")}
          value={tenantId ?? ""}
          onChange={(event) => onTenant(event.target.value || undefined)}
          className="w-56"
        >
          <option value="">{t("audit.all")}</option>
          {tenants.data?.items.map((tenant) => (
            <option key={tenant.id} value={tenant.id}>
              {tenant.name}
            </option>
          ))}
        </Select>
      }
    >
      <Card>
        {audit.isPending ? (
          <SkeletonRows rows={8} />
        ) : audit.isError ? (
          <ErrorState error={audit.error} onRetry={() => void audit.refetch()} />
        ) : audit.data.items.length === 0 ? (
          <EmptyState icon={ScrollText} text={t("audit.empty")} />
        ) : (
          <ul className="divide-y divide-line">
            {audit.data.items.map((entry) => (
              <li key={entry.id} className="grid gap-x-4 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[11rem_1fr]">
                <time dateTime={entry.at} className="text-list text-muted">
                  {formatFull(entry.at, i18n.language, localZone())}
                </time>
                <div className="min-w-0">
                  <p className="wrap-anywhere">
                    <span className="font-medium">{entry.actor?.email ?? t("author.system")}</span>{" "}
                    <code className="font-mono text-list">{entry.action}</code>{" "}
                    {entry.target && <span className="font-mono text-list text-muted">{entry.target}</span>}
                  </p>
                  {entry.tenant_id && <p className="text-list text-muted">{nameOf(entry.tenant_id)}</p>}
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
            ))}
          </ul>
        )}
      </Card>
    </Page>
  );
}

function hasMembers(data: unknown): boolean {
  return typeof data === "object" && data !== null && Object.keys(data).length > 0;
}
