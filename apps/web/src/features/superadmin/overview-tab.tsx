/** What a tenant still needs before it can work, and the facts about it. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Circle, CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import type { Plan, Tenant } from "@/api/types";
import { formatFull, localZone } from "@/lib/time";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Copy } from "@/ui/copy";
import { Field, Input, Select } from "@/ui/field";
import { Card } from "@/ui/page";
import { Skeleton } from "@/ui/states";
import { PLANS } from "./create-tenant";
import { brandingQuery, databaseQuery, linesQuery, tenantUsersQuery, usePatchTenant } from "./queries";

export function OverviewTab({ tenant }: { tenant: Tenant }) {
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      <Checklist tenant={tenant} />
      <Facts key={tenant.id} tenant={tenant} />
    </div>
  );
}

function Checklist({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const database = useQuery(databaseQuery(tenant.id));
  const attached = database.data?.attached ?? false;
  const lines = useQuery(linesQuery(tenant.id));
  const branding = useQuery(brandingQuery(tenant.id));
  // Users live in the tenant's database: without one there is nobody to ask.
  const users = useQuery({ ...tenantUsersQuery(tenant.id), enabled: attached });
  const list = lines.data?.items ?? [];
  const steps = [
    { key: "database", tab: "database", done: attached },
    { key: "line", tab: "lines", done: list.length > 0 },
    { key: "token", tab: "lines", done: list.length > 0 && list.every((line) => line.has_token) },
    { key: "secret", tab: "lines", done: list.length > 0 && list.every((line) => line.has_app_secret) },
    {
      key: "branding",
      tab: "branding",
      done: Boolean(branding.data?.color_primary || branding.data?.logo_url),
    },
    {
      key: "admin",
      tab: "users",
      done: users.data?.items.some((user) => user.role === "admin" && user.is_active !== false) ?? false,
    },
  ] as const;
  const done = steps.filter((step) => step.done).length;
  const pending = database.isPending || lines.isPending || branding.isPending;
  return (
    <Card title={t("setup.title", { done, all: steps.length })}>
      {pending ? (
        <div role="status" aria-label={t("state.loading")} className="grid gap-4 p-4">
          {steps.map((step) => (
            <Skeleton key={step.key} className="h-4 w-3/4" />
          ))}
        </div>
      ) : (
        <ol className="divide-y divide-line">
          {steps.map((step) => (
            <li key={step.key} className="flex items-start gap-3 px-4 py-2.5">
              {step.done ? (
                <CircleCheck
                  role="img"
                  aria-label={t("setup.done")}
                  className="mt-0.5 size-4 shrink-0 text-ok"
                />
              ) : (
                <Circle
                  role="img"
                  aria-label={t("setup.missing")}
                  className="mt-0.5 size-4 shrink-0 text-muted"
                />
              )}
              <div className="min-w-0 flex-1">
                <p className={step.done ? "text-muted" : "font-medium"}>{t(`setup.step.${step.key}`)}</p>
                {!step.done && <p className="text-list text-muted">{t(`setup.why.${step.key}`)}</p>}
              </div>
              {!step.done && (
                <Link
                  to="/superadmin/tenants/$tenantId"
                  params={{ tenantId: tenant.id }}
                  search={{ tab: step.tab }}
                  aria-label={t("setup.go", { step: t(`setup.step.${step.key}`) })}
                  className="shrink-0 font-medium text-accent hover:underline"
                >
                  {t("setup.do")}
                </Link>
              )}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function Facts({ tenant }: { tenant: Tenant }) {
  const { t, i18n } = useTranslation();
  const patch = usePatchTenant(tenant.id);
  const [name, setName] = useState(tenant.name);
  const [plan, setPlan] = useState<Plan>(tenant.plan);
  const [asking, setAsking] = useState(false);
  const saved = { onSuccess: () => toast.success(t("toast.saved")) };
  const changed = name.trim() !== tenant.name || plan !== tenant.plan;
  return (
    <Card title={t("tenant.facts")}>
      <form
        className="grid gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) patch.mutate({ name: name.trim(), plan }, saved);
        }}
      >
        <Field label={t("tenant.name")}>
          {(field) => (
            <Input {...field} value={name} maxLength={120} onChange={(e) => setName(e.target.value)} />
          )}
        </Field>
        <Field label={t("tenant.plan")}>
          {(field) => (
            <Select
              {...field}
              value={plan}
              onChange={(event) => setPlan(PLANS.find((p) => p === event.target.value) ?? plan)}
            >
              {PLANS.map((option) => (
                <option key={option} value={option}>
                  {t(`plan.${option}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-list">
          <dt className="text-muted">{t("tenant.slug")}</dt>
          <dd className="min-w-0">
            <Copy value={tenant.slug} />
          </dd>
          <dt className="text-muted">ID</dt>
          <dd className="min-w-0">
            <Copy value={tenant.id} />
          </dd>
          <dt className="text-muted">{t("tenant.created")}</dt>
          <dd>{formatFull(tenant.created_at, i18n.language, localZone())}</dd>
        </dl>
        <div className="flex flex-wrap justify-between gap-2">
          <Button variant={tenant.is_active ? "danger" : "secondary"} onClick={() => setAsking(true)}>
            {t(tenant.is_active ? "tenant.suspend" : "tenant.resume")}
          </Button>
          <Button type="submit" variant="primary" disabled={!changed || !name.trim()} busy={patch.isPending}>
            {t("action.save")}
          </Button>
        </div>
      </form>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t(tenant.is_active ? "tenant.suspend" : "tenant.resume")}
        text={t(tenant.is_active ? "tenant.suspendText" : "tenant.resumeText", { name: tenant.name })}
        verb={t(tenant.is_active ? "tenant.suspend" : "tenant.resume")}
        busy={patch.isPending}
        onConfirm={() => {
          setAsking(false);
          patch.mutate({ is_active: !tenant.is_active }, saved);
        }}
      />
    </Card>
  );
}
