/** All tenants of the platform: found, narrowed, and how each does at a glance. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Building2, CircleCheck, Plus, Search, TriangleAlert } from "lucide-react";
import { type ReactNode, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Tenant } from "@/api/types";
import { formatMoment, localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Input, Select } from "@/ui/field";
import { LoadMore } from "@/ui/load-more";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { CreateTenantDialog, PLANS } from "./create-tenant";
import { type TenantSearch, tenantListQuery } from "./platform-queries";

export function TenantsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [narrow, setNarrow] = useState<TenantSearch>({});
  const q = useDeferredValue(text.trim());
  const tenants = useInfiniteQuery(tenantListQuery({ ...narrow, q }));
  const [creating, setCreating] = useState(false);
  const found = tenants.data?.pages.flatMap((page) => page.items) ?? [];
  const isNarrowed = q !== "" || Boolean(narrow.state || narrow.plan || narrow.health);
  const add = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      {t("tenants.create")}
    </Button>
  );
  return (
    <Page title={t("tenants.title")} text={t("tenants.text")} actions={add}>
      <div className="mb-3 flex flex-wrap gap-2">
        <div className="relative basis-full">
          <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-muted" />
          <Input
            type="search"
            aria-label={t("tenantFilter.search")}
            placeholder={t("tenantFilter.search")}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="pl-8"
          />
        </div>
        <Filters search={narrow} onChange={setNarrow} />
      </div>
      <Card>
        {tenants.isPending ? (
          <SkeletonRows height="h-16" />
        ) : tenants.isError ? (
          <ErrorState error={tenants.error} onRetry={() => void tenants.refetch()} />
        ) : found.length === 0 ? (
          <EmptyState icon={Building2} text={t(isNarrowed ? "tenants.notFound" : "tenants.empty")}>
            {!isNarrowed && add}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {found.map((tenant) => (
              <TenantRow key={tenant.id} tenant={tenant} />
            ))}
          </ul>
        )}
        <LoadMore query={tenants} />
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

interface FiltersProps {
  search: TenantSearch;
  onChange: (search: TenantSearch) => void;
}

function Filters({ search, onChange }: FiltersProps) {
  const { t } = useTranslation();
  return (
    <>
      <Choice
        label={t("tenantFilter.state")}
        value={search.state}
        onChange={(state) => onChange({ ...search, state })}
        words={{ active: t("tenantFilter.active"), suspended: t("tenantFilter.suspended") }}
      />
      <Choice
        label={t("tenant.plan")}
        value={search.plan}
        onChange={(plan) => onChange({ ...search, plan })}
        words={Object.fromEntries(PLANS.map((plan) => [plan, t(`plan.${plan}`)]))}
      />
      <Choice
        label={t("tenantFilter.health")}
        value={search.health}
        onChange={(health) => onChange({ ...search, health })}
        words={{ ok: t("tenantHealth.state.ok"), attention: t("tenantHealth.state.attention") }}
      />
      <Select
        aria-label={t("tenantFilter.sort")}
        className="w-auto"
        value={search.sort ?? ""}
        onChange={(event) =>
          onChange({ ...search, sort: event.target.value === "name" ? "name" : undefined })
        }
      >
        <option value="">{t("tenantFilter.newest")}</option>
        <option value="name">{t("tenantFilter.byName")}</option>
      </Select>
    </>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T | undefined;
  onChange: (value: T | undefined) => void;
  words: { [word: string]: string };
}

function Choice<T extends string>({ label, value, onChange, words }: ChoiceProps<T>): ReactNode {
  return (
    <Select
      aria-label={label}
      className="w-auto"
      value={value ?? ""}
      onChange={(event) => onChange((event.target.value || undefined) as T | undefined)}
    >
      <option value="">{label}</option>
      {Object.entries(words).map(([word, shown]) => (
        <option key={word} value={word}>
          {shown}
        </option>
      ))}
    </Select>
  );
}

function TenantRow({ tenant }: { tenant: Tenant }) {
  const { t, i18n } = useTranslation();
  const { health } = tenant;
  const last = health.last_message_at;
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
          <span className="block truncate text-xs text-muted">
            <span className="font-mono">{tenant.slug}</span>
            {last &&
              ` · ${t("tenantHealth.lastMessage", { when: formatMoment(last, i18n.language, localZone()) })}`}
          </span>
        </span>
        <span className="flex flex-wrap items-center gap-1.5">
          <Glance tenant={tenant} />
          <Badge>{t(`plan.${tenant.plan}`)}</Badge>
          <Badge>{t("tenants.lines", { count: tenant.channels_count })}</Badge>
        </span>
      </Link>
    </li>
  );
}

/** What is wrong, in a few words, or that nothing is. */
function Glance({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const { health } = tenant;
  const waiting = health.spool_waiting + health.spool_failed;
  const marks: [boolean, string][] = [
    [tenant.database.status === "none", t("tenants.database.none")],
    [health.breaker !== "closed", t("tenantHealth.database.unreachable")],
    [health.lines_active === 0, t("tenantHealth.noLine")],
    [health.lines_paused > 0, t("tenantHealth.paused", { count: health.lines_paused })],
    [waiting > 0, t("tenantHealth.waiting", { count: waiting })],
    [tenant.warnings.includes("unsigned_webhooks"), t("tenantHealth.unsigned")],
  ];
  const shown = marks.filter(([holds]) => holds);
  if (shown.length === 0) {
    return (
      <Badge tone="ok">
        <CircleCheck aria-hidden />
        {t("tenantHealth.state.ok")}
      </Badge>
    );
  }
  return shown.map(([, words]) => (
    <Badge key={words} tone="warn">
      <TriangleAlert aria-hidden />
      {words}
    </Badge>
  ));
}
