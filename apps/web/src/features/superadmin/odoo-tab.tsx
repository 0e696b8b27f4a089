/** The Odoo that a tenant's bot asks: where it is, as whom, and whether it answers. Secrets only go in. */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Info } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Odoo, OdooBody } from "@/api/types";
import { fieldErrors, problemWords } from "@/lib/problem";
import { formatMoment, localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Check, Field, Input } from "@/ui/field";
import { Card } from "@/ui/page";
import { ErrorState, Notice, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { odooQuery, useRemoveOdoo, useSaveOdoo, useTestOdoo } from "./platform-queries";

const SECRETS = ["password", "api_key"] as const;

export function OdooTab({ tenantId }: { tenantId: string }) {
  const odoo = useQuery(odooQuery(tenantId));
  if (odoo.isPending) return <SkeletonRows rows={5} />;
  if (odoo.isError) return <ErrorState error={odoo.error} onRetry={() => void odoo.refetch()} />;
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <OdooForm
        key={`${tenantId}-${odoo.data.updated_at ?? odoo.data.source}`}
        tenantId={tenantId}
        odoo={odoo.data}
      />
      <TestCard tenantId={tenantId} odoo={odoo.data} />
    </div>
  );
}

function OdooForm({ tenantId, odoo }: { tenantId: string; odoo: Odoo }) {
  const { t } = useTranslation();
  const save = useSaveOdoo(tenantId);
  const own = odoo.source === "tenant";
  const [values, setValues] = useState({
    base_url: own ? (odoo.base_url ?? "") : "",
    db_name: own ? (odoo.db_name ?? "") : "",
    username: own ? (odoo.username ?? "") : "",
    password: "",
    api_key: "",
  });
  const [cleared, setCleared] = useState({ password: false, api_key: false });
  const served = save.error ? fieldErrors(save.error, t) : {};
  const isSet = { password: own && odoo.has_password, api_key: own && odoo.has_api_key };
  const set = (change: Partial<typeof values>) => setValues({ ...values, ...change });
  const isComplete = Boolean(values.base_url.trim() && values.db_name.trim() && values.username.trim());

  function submit(): void {
    const body: OdooBody = {
      base_url: values.base_url.trim(),
      db_name: values.db_name.trim(),
      username: values.username.trim(),
    };
    for (const secret of SECRETS) {
      if (cleared[secret]) body[secret] = null;
      else if (values[secret]) body[secret] = values[secret];
    }
    save.mutate(body, { onSuccess: () => toast.success(t("toast.saved")) });
  }

  return (
    <Card title={t("odoo.title")}>
      <form
        noValidate
        className="grid gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete) submit();
        }}
      >
        {odoo.source === "installation" && (
          <Notice tone="info" icon={Info}>
            {t("odoo.fromInstallation", { url: odoo.base_url ?? "" })}
          </Notice>
        )}
        {save.error && Object.keys(served).length === 0 && (
          <Notice tone="bad" icon={CircleAlert}>
            {problemWords(save.error, t)}
          </Notice>
        )}
        <Field label={t("odoo.url")} hint={t("odoo.urlHint")} error={served["base_url"]}>
          {(field) => (
            <Input
              {...field}
              type="url"
              placeholder="https://erp.example.com"
              value={values.base_url}
              onChange={(e) => set({ base_url: e.target.value })}
            />
          )}
        </Field>
        <Field label={t("odoo.database")} error={served["db_name"]}>
          {(field) => (
            <Input {...field} value={values.db_name} onChange={(e) => set({ db_name: e.target.value })} />
          )}
        </Field>
        <Field label={t("odoo.user")} error={served["username"]}>
          {(field) => (
            <Input
              {...field}
              autoComplete="off"
              value={values.username}
              onChange={(e) => set({ username: e.target.value })}
            />
          )}
        </Field>
        {SECRETS.map((secret) => (
          <div key={secret} className="grid gap-1.5">
            <Field
              label={t(`odoo.${secret}`)}
              hint={t(isSet[secret] ? "line.keepHint" : `odoo.hint.${secret}`)}
              error={served[secret]}
            >
              {(field) => (
                <Input
                  {...field}
                  type="password"
                  autoComplete="new-password"
                  className="font-mono"
                  disabled={cleared[secret]}
                  placeholder={isSet[secret] ? "••••••••" : ""}
                  value={values[secret]}
                  onChange={(e) => set({ [secret]: e.target.value })}
                />
              )}
            </Field>
            {isSet[secret] && (
              <div className="flex items-center gap-4">
                <Badge tone="ok">{t("line.set")}</Badge>
                <Check
                  label={t("line.clear")}
                  checked={cleared[secret]}
                  onChange={(event) => setCleared({ ...cleared, [secret]: event.target.checked })}
                />
              </div>
            )}
          </div>
        ))}
        <Button
          type="submit"
          variant="primary"
          className="justify-self-end"
          disabled={!isComplete}
          busy={save.isPending}
        >
          {t("action.save")}
        </Button>
      </form>
    </Card>
  );
}

function TestCard({ tenantId, odoo }: { tenantId: string; odoo: Odoo }) {
  const { t, i18n } = useTranslation();
  const test = useTestOdoo(tenantId);
  const remove = useRemoveOdoo(tenantId);
  const [asking, setAsking] = useState(false);
  const failed = test.data ? test.data.error : odoo.test_error;
  const version = test.data ? test.data.version : odoo.version;
  const isTested = Boolean(test.data ?? odoo.tested_at);
  return (
    <Card title={t("odoo.test")}>
      <div className="grid gap-3 p-4">
        {odoo.source === "none" ? (
          <p className="text-muted">{t("odoo.none")}</p>
        ) : !isTested ? (
          <p className="text-muted">{t("odoo.untested")}</p>
        ) : failed ? (
          <Notice tone="bad" icon={CircleAlert}>
            {t(`odoo.error.${failed}`, { defaultValue: failed })}
          </Notice>
        ) : (
          <Notice tone="ok" icon={CircleCheck}>
            {t("odoo.works", { version: version ?? "" })}
          </Notice>
        )}
        {odoo.tested_at && (
          <p className="text-list text-muted">
            {t("odoo.testedAt", { when: formatMoment(odoo.tested_at, i18n.language, localZone()) })}
          </p>
        )}
        <div className="flex flex-wrap justify-between gap-2">
          {odoo.source === "tenant" && (
            <Button variant="danger" onClick={() => setAsking(true)}>
              {t("odoo.remove")}
            </Button>
          )}
          {odoo.source !== "none" && (
            <Button busy={test.isPending} onClick={() => test.mutate(undefined)} className="ml-auto">
              {t("odoo.testNow")}
            </Button>
          )}
        </div>
      </div>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("odoo.remove")}
        text={t("odoo.removeText")}
        verb={t("odoo.remove")}
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(undefined, {
            onSuccess: () => toast.success(t("toast.saved")),
            onSettled: () => setAsking(false),
          })
        }
      />
    </Card>
  );
}
