/** One tenant: overview, database, lines, apps, branding, Odoo, users, audit. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/ui/badge";
import { ErrorState, Notice, Skeleton, SkeletonRows } from "@/ui/states";
import { AppsList } from "./apps-list";
import { AuditList } from "./audit-list";
import { BrandingTab } from "./branding-tab";
import { DatabaseTab } from "./database-tab";
import { ImpersonateButton, LiveImpersonations } from "./impersonation-bar";
import { LinesTab } from "./lines-tab";
import { OdooTab } from "./odoo-tab";
import { OverviewTab } from "./overview-tab";
import { tenantQuery } from "./queries";
import { TENANT_TABS, type TenantTab } from "./tabs";
import { UsersTab } from "./users-tab";

export function TenantPage({ tenantId, tab }: { tenantId: string; tab: TenantTab }) {
  const { t } = useTranslation();
  const query = useQuery(tenantQuery(tenantId));
  const tenant = query.data;
  if (query.isError && !tenant) {
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }
  return (
    <div className="mx-auto w-full max-w-5xl px-4 py-6 sm:px-6">
      <Link to="/superadmin" className="inline-flex items-center gap-1 text-list text-muted hover:text-ink">
        <ChevronLeft aria-hidden className="size-4" />
        {t("tenants.title")}
      </Link>
      <div className="mt-1 flex min-h-8 flex-wrap items-center gap-2">
        {tenant ? (
          <>
            <h1 className="text-xl leading-7 font-semibold wrap-anywhere">{tenant.name}</h1>
            <Badge>{t(`plan.${tenant.plan}`)}</Badge>
            {!tenant.is_active && <Badge tone="warn">{t("tenant.suspended")}</Badge>}
            <ImpersonateButton tenantId={tenantId} disabled={!tenant.is_active} />
          </>
        ) : (
          <Skeleton className="h-6 w-56" />
        )}
      </div>
      <nav aria-label={t("tenant.sections")} className="mt-3 mb-4 flex overflow-x-auto border-b border-line">
        {TENANT_TABS.map((item) => (
          <Link
            key={item}
            to="/superadmin/tenants/$tenantId"
            params={{ tenantId }}
            search={item === "overview" ? {} : { tab: item }}
            activeOptions={{ exact: true, includeSearch: true }}
            className="-mb-px flex h-10 shrink-0 items-center border-b-2 border-transparent px-3 font-medium text-muted outline-offset-[-2px] hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink"
          >
            {t(`tenant.tab.${item}`)}
          </Link>
        ))}
      </nav>
      <LiveImpersonations tenantId={tenantId} />
      {tenant && tenant.warnings.length > 0 && (
        <div className="mb-4 grid gap-2">
          {tenant.warnings.map((warning) => (
            <Notice key={warning} tone="warn" icon={TriangleAlert}>
              {t(`warning.${warning}`, { defaultValue: warning })}
            </Notice>
          ))}
        </div>
      )}
      {!tenant ? (
        <SkeletonRows />
      ) : tab === "database" ? (
        <DatabaseTab tenantId={tenantId} />
      ) : tab === "lines" ? (
        <LinesTab tenantId={tenantId} />
      ) : tab === "apps" ? (
        <AppsList tenantId={tenantId} />
      ) : tab === "odoo" ? (
        <OdooTab tenantId={tenantId} />
      ) : tab === "audit" ? (
        <AuditList tenantId={tenantId} />
      ) : tab === "branding" ? (
        <BrandingTab tenant={tenant} />
      ) : tab === "users" ? (
        <UsersTab tenantId={tenantId} />
      ) : (
        <OverviewTab tenant={tenant} />
      )}
    </div>
  );
}
