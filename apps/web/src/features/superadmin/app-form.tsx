/** An app at Meta. Its secret only goes in: an empty box keeps what is stored. */
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MetaApp, MetaAppPatch, NewMetaApp, Tenant } from "@/api/types";
import { fieldErrors, problemWords } from "@/lib/problem";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { Check, Field, Input, Select } from "@/ui/field";
import { Notice } from "@/ui/states";

interface AppFormProps {
  app: MetaApp | null;
  tenantId: string | undefined;
  tenants: Tenant[];
  error: unknown;
  busy: boolean;
  onCreate: (body: NewMetaApp) => void;
  onChange: (body: MetaAppPatch) => void;
  onCancel: () => void;
}

export function AppForm({ app, tenantId, tenants, error, busy, onCreate, onChange, onCancel }: AppFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(app?.name ?? "");
  const [owner, setOwner] = useState(tenantId ?? "");
  const [metaId, setMetaId] = useState(app?.meta_app_id ?? "");
  const [secret, setSecret] = useState("");
  const [clears, setClears] = useState(false);
  const served = error ? fieldErrors(error, t) : {};
  const isSet = app?.has_app_secret ?? false;

  function submit(): void {
    const own = { name: name.trim(), meta_app_id: metaId.trim() || null };
    const typed = secret.trim() ? { app_secret: secret.trim() } : {};
    if (app) onChange({ ...own, ...(clears ? { app_secret: null } : typed) });
    else onCreate({ ...own, ...typed, tenant_id: owner || null });
  }

  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) submit();
      }}
    >
      {error && Object.keys(served).length === 0 ? (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(error, t)}
        </Notice>
      ) : null}
      <Field label={t("apps.name")} hint={t("apps.nameHint")} error={served["name"]}>
        {(field) => (
          <Input {...field} value={name} maxLength={120} onChange={(e) => setName(e.target.value)} />
        )}
      </Field>
      {!app && (
        <Field label={t("apps.owner")} hint={t("apps.ownerHint")} error={served["tenant_id"]}>
          {(field) => (
            <Select {...field} value={owner} onChange={(event) => setOwner(event.target.value)}>
              <option value="">{t("apps.anybody")}</option>
              {tenants.map((tenant) => (
                <option key={tenant.id} value={tenant.id}>
                  {tenant.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <Field label="App ID" hint={t("apps.metaIdHint")} error={served["meta_app_id"]}>
        {(field) => (
          <Input
            {...field}
            inputMode="numeric"
            className="font-mono"
            value={metaId}
            onChange={(e) => setMetaId(e.target.value)}
          />
        )}
      </Field>
      <div className="grid gap-1.5">
        <Field
          label="App secret"
          hint={t(isSet ? "apps.rotateHint" : "apps.secretHint")}
          error={served["app_secret"]}
        >
          {(field) => (
            <Input
              {...field}
              type="password"
              autoComplete="new-password"
              className="font-mono"
              disabled={clears}
              placeholder={isSet ? "••••••••" : ""}
              value={secret}
              onChange={(e) => setSecret(e.target.value)}
            />
          )}
        </Field>
        <div className="flex items-center gap-4">
          <Badge tone={isSet ? "ok" : "warn"}>{t(isSet ? "line.set" : "line.notSet")}</Badge>
          {isSet && (
            <Check
              label={t("line.clear")}
              checked={clears}
              onChange={(event) => setClears(event.target.checked)}
            />
          )}
        </div>
      </div>
      <DialogActions>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant="primary" busy={busy} disabled={!name.trim()}>
          {t(app ? "action.save" : "apps.add")}
        </Button>
      </DialogActions>
    </form>
  );
}
