/** All tenants of the platform. */
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Building2, Plus, Search, TriangleAlert } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Tenant } from "@/api/types";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { CreateTenantDialog } from "./create-tenant";
import { tenantsQuery } from "./queries";

export function TenantsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const q = useDeferredValue(text.trim());
  const tenants = useQuery({ ...tenantsQuery(q), placeholderData: (previous) => previous });
  const [creating, setCreating] = useState(false);
  const add = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      {t("tenants.create")}
    </Button>
  );
  return (
    <Page title={t("tenants.title")} text={t("tenants.text")} actions={add}>
      <div className="relative mb-3 max-w-sm">
        <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-muted" />
        <Input
          type="search"
          aria-label={t("tenants.search")}
          placeholder={t("tenants.search")}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="pl-8"
        />
      </div>
      <Card>
        {tenants.isPending ? (
          <SkeletonRows height="h-16" />
        ) : tenants.isError ? (
          <ErrorState error={tenants.error} onRetry={() => void tenants.refetch()} />
        ) : tenants.data.items.length === 0 ? (
          <EmptyState icon={Building2} text={t(q ? "tenants.notFound" : "tenants.empty")}>
            {!q && add}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {tenants.data.items.map((tenant) => (
              <TenantRow key={tenant.id} tenant={tenant} />
            ))}
          </ul>
        )}
      </Card>
      <CreateTenantDialog
        open={creating}
        onOpenChange={setCreating}
        onCreated={(tenant) =>
          void navigate({ to: "/superadmin/tenants/$tenantId", params: { tenantId: tenant.id } })
        }
      />
    </Page>
  );
}

function TenantRow({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const database = tenant.database.status;
  return (
    <li>
      <Link
        to="/superadmin/tenants/$tenantId"
        params={{ tenantId: tenant.id }}
        className="grid min-h-16 items-center gap-x-4 gap-y-1.5 px-4 py-3 outline-offset-[-2px] hover:bg-raised/60 md:grid-cols-[minmax(0,1fr)_auto]"
      >
        <span className="min-w-0">
          <span className="flex items-center gap-2">
            <span className="truncate font-medium">{tenant.name}</span>
            {!tenant.is_active && <Badge tone="warn">{t("tenant.suspended")}</Badge>}
          </span>
          <span className="block truncate font-mono text-xs text-muted">{tenant.slug}</span>
        </span>
        <span className="flex flex-wrap items-center gap-1.5">
          {tenant.warnings.length > 0 && (
            <Badge tone="warn">
              <TriangleAlert aria-hidden />
              {t("tenants.warnings", { count: tenant.warnings.length })}
            </Badge>
          )}
          <Badge>{t(`plan.${tenant.plan}`)}</Badge>
          <Badge tone={database === "ready" ? "ok" : "warn"}>{t(`tenants.database.${database}`)}</Badge>
          <Badge>{t("tenants.lines", { count: tenant.channels_count })}</Badge>
        </span>
      </Link>
    </li>
  );
}
