/** What a tenant still needs before it can work, and the facts about it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Plan, Tenant } from "@/api/types";
import { formatFull, localZone } from "@/lib/time";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Copy } from "@/ui/copy";
import { Field, Input, Select } from "@/ui/field";
import { Card } from "@/ui/page";
import { toast } from "@/ui/toast";
import { Checklist } from "./checklist";
import { PLANS } from "./create-tenant";
import { HealthCard } from "./health-card";
import { usePatchTenant } from "./queries";

export function OverviewTab({ tenant }: { tenant: Tenant }) {
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <Checklist tenantId={tenant.id} />
      <div className="grid gap-4">
        <HealthCard tenantId={tenant.id} />
        <Facts key={tenant.id} tenant={tenant} />
      </div>
    </div>
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
