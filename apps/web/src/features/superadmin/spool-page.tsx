/** What tenants' databases could not take yet: by company, row by row, and what could not be applied at all. */
import { useQuery } from "@tanstack/react-query";
import { Archive } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { SpoolOfTenant } from "@/api/types";
import { formatFull, localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Select } from "@/ui/field";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { LetterCounts } from "./letter-counts";
import { type SpoolSearch, spoolQuery } from "./operations";
import { tenantsQuery } from "./queries";
import { SpoolRows } from "./spool-rows";

interface SpoolPageProps {
  search: SpoolSearch;
  onChange: (search: SpoolSearch) => void;
}

const BREAKER = { closed: "ok", half_open: "warn", open: "bad" } as const;

export function SpoolPage({ search, onChange }: SpoolPageProps) {
  const { t } = useTranslation();
  const spool = useQuery(spoolQuery);
  const tenants = useQuery(tenantsQuery(""));
  const nameOf = (id: string, slug: string | null = null) =>
    tenants.data?.items.find((tenant) => tenant.id === id)?.name ?? slug ?? t("spool.gone");
  return (
    <Page
      title={t("spool.title")}
      text={t("spool.text")}
      actions={
        <Select
          aria-label={t("audit.filter")}
          value={search.tenant ?? ""}
          onChange={(event) => onChange({ ...search, tenant: event.target.value || undefined })}
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
      <div className="grid gap-4">
        <Card title={t("spool.byTenant")}>
          {spool.isPending ? (
            <SkeletonRows rows={3} height="h-16" />
          ) : spool.isError ? (
            <ErrorState error={spool.error} onRetry={() => void spool.refetch()} />
          ) : spool.data.items.length === 0 ? (
            <EmptyState icon={Archive} text={t("spool.empty")} />
          ) : (
            <ul className="divide-y divide-line">
              {spool.data.items.map((item) => (
                <TenantRow
                  key={item.tenant_id}
                  item={item}
                  name={nameOf(item.tenant_id, item.slug)}
                  isChosen={item.tenant_id === search.tenant}
                  onChoose={() =>
                    onChange({
                      ...search,
                      tenant: item.tenant_id === search.tenant ? undefined : item.tenant_id,
                    })
                  }
                />
              ))}
            </ul>
          )}
        </Card>
        <SpoolRows search={search} onChange={onChange} nameOf={nameOf} />
        <LetterCounts tenantId={search.tenant} />
      </div>
    </Page>
  );
}

interface TenantRowProps {
  item: SpoolOfTenant;
  name: string;
  isChosen: boolean;
  onChoose: () => void;
}

function TenantRow({ item, name, isChosen, onChoose }: TenantRowProps) {
  const { t, i18n } = useTranslation();
  const breaker = item.breaker as keyof typeof BREAKER;
  return (
    <li>
      <button
        type="button"
        aria-pressed={isChosen}
        onClick={onChoose}
        className="grid w-full gap-1 px-4 py-2.5 text-left outline-offset-[-2px] hover:bg-raised/60 aria-pressed:bg-raised"
      >
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-medium">{name}</span>
          <Badge tone={BREAKER[breaker] ?? "neutral"}>
            {t(`spool.breaker.${item.breaker}`, { defaultValue: item.breaker })}
          </Badge>
          {item.failed > 0 && <Badge tone="bad">{t("spool.failed", { count: item.failed })}</Badge>}
        </span>
        <span className="tabular flex flex-wrap gap-x-4 text-list text-muted">
          <span>{t("spool.waiting", { count: item.waiting })}</span>
          <span>{t("spool.items", { count: item.items })}</span>
          <span>{t("spool.oldest", { when: formatFull(item.oldest_at, i18n.language, localZone()) })}</span>
        </span>
        {item.last_error && <span className="text-list wrap-anywhere text-bad">{item.last_error}</span>}
      </button>
    </li>
  );
}
