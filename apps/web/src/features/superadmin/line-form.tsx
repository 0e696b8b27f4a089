/** A line of a tenant. Secrets only go in: what is stored is never shown, an empty box keeps it. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { type UseFormRegister, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { PlatformChannel, PlatformChannelPatch } from "@/api/types";
import { asProblem, fieldErrors, problemWords } from "@/lib/problem";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { Check, Field, Input, Select } from "@/ui/field";
import { Notice } from "@/ui/states";
import { appsQuery } from "./platform-queries";

const SECRETS = ["wa_token", "app_secret", "verify_token"] as const;
type Secret = (typeof SECRETS)[number];

const schema = z.object({
  phone_number_id: z
    .string()
    .trim()
    .regex(/^\d{5,20}$/, "form.phoneNumberId"),
  waba_id: z
    .string()
    .trim()
    .regex(/^\d{5,20}$/, "form.wabaId")
    .or(z.literal("")),
  display_name: z.string().trim().min(1, "form.required").max(120, "form.tooLong"),
  display_phone_number: z.string().trim().max(32, "form.tooLong"),
  app_id: z.string(),
  is_active: z.boolean(),
  is_default: z.boolean(),
  wa_token: z.string().trim(),
  app_secret: z.string().trim(),
  verify_token: z.string().trim(),
  clear: z.object({ wa_token: z.boolean(), app_secret: z.boolean(), verify_token: z.boolean() }),
});
export type LineValues = z.infer<typeof schema>;
export type LineBody = PlatformChannelPatch & { phone_number_id: string; display_name: string };

/** What is sent: untouched secrets are absent, cleared ones null. */
export function lineBody(values: LineValues): LineBody {
  const { clear, ...rest } = values;
  const body: LineBody = {
    phone_number_id: rest.phone_number_id,
    display_name: rest.display_name,
    waba_id: rest.waba_id || null,
    display_phone_number: rest.display_phone_number || null,
    app_id: rest.app_id || null,
    is_active: rest.is_active,
    is_default: rest.is_default,
  };
  for (const secret of SECRETS) {
    if (clear[secret]) body[secret] = null;
    else if (rest[secret]) body[secret] = rest[secret];
  }
  return body;
}

interface LineFormProps {
  tenantId: string;
  line: PlatformChannel | null;
  prefill?: Partial<LineValues>;
  error: unknown;
  busy: boolean;
  onSubmit: (body: LineBody) => void;
  onCancel: () => void;
}

export function LineForm({ tenantId, line, prefill, error, busy, onSubmit, onCancel }: LineFormProps) {
  const { t } = useTranslation();
  const apps = useQuery(appsQuery(tenantId));
  const form = useForm<LineValues>({
    resolver: zodResolver(schema),
    defaultValues: {
      phone_number_id: line?.phone_number_id ?? "",
      waba_id: line?.waba_id ?? "",
      display_name: line?.display_name ?? "",
      display_phone_number: line?.display_phone_number ?? "",
      app_id: line?.app_id ?? "",
      is_active: line?.is_active ?? true,
      is_default: line?.is_default ?? false,
      wa_token: "",
      app_secret: "",
      verify_token: "",
      clear: { wa_token: false, app_secret: false, verify_token: false },
      ...prefill,
    },
  });
  const problem = error ? asProblem(error) : null;
  const served = problem ? fieldErrors(problem, t) : {};
  if (problem?.code === "phone_number_id_taken")
    served["phone_number_id"] = t("problem.phone_number_id_taken");
  const message = (name: Exclude<keyof LineValues, "clear">) => {
    const own = form.formState.errors[name]?.message;
    return own ? t(own) : served[name];
  };
  const isSet = {
    wa_token: line?.has_token,
    app_secret: line?.has_app_secret,
    verify_token: line?.has_verify_token,
  };
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={form.handleSubmit((values) => onSubmit(lineBody(values)))}
    >
      {problem && Object.keys(served).length === 0 && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(problem, t)}
        </Notice>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t("line.name")} hint={t("line.nameHint")} error={message("display_name")}>
          {(field) => <Input {...field} autoComplete="off" {...form.register("display_name")} />}
        </Field>
        <Field label={t("line.number")} hint={t("line.numberHint")} error={message("display_phone_number")}>
          {(field) => (
            <Input {...field} inputMode="tel" autoComplete="off" {...form.register("display_phone_number")} />
          )}
        </Field>
        <Field label="Phone number ID" hint={t("line.phoneNumberIdHint")} error={message("phone_number_id")}>
          {(field) => (
            <Input
              {...field}
              inputMode="numeric"
              className="font-mono"
              {...form.register("phone_number_id")}
            />
          )}
        </Field>
        <Field label="WABA ID" hint={t("line.wabaHint")} error={message("waba_id")}>
          {(field) => (
            <Input {...field} inputMode="numeric" className="font-mono" {...form.register("waba_id")} />
          )}
        </Field>
      </div>
      <Field label={t("apps.ofLine")} hint={t("apps.ofLineHint")} error={message("app_id")}>
        {(field) => (
          // The choice is there once the apps are: a select forgets a value that it does not have.
          <Select key={apps.data ? "known" : "asked"} {...field} {...form.register("app_id")}>
            <option value="">{t("apps.common")}</option>
            {apps.data?.items.map((app) => (
              <option key={app.id} value={app.id}>
                {app.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {SECRETS.map((secret) => (
        <SecretField
          key={secret}
          secret={secret}
          isSet={isSet[secret] ?? false}
          cleared={form.watch(`clear.${secret}`)}
          error={message(secret)}
          register={form.register}
        />
      ))}
      <div className="flex flex-wrap gap-x-8 gap-y-2">
        <Check label={t("line.isActive")} {...form.register("is_active")} />
        <Check label={t("line.isDefault")} {...form.register("is_default")} />
      </div>
      <DialogActions>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {t(line ? "action.save" : "line.add")}
        </Button>
      </DialogActions>
    </form>
  );
}

interface SecretFieldProps {
  secret: Secret;
  isSet: boolean;
  cleared: boolean;
  error: string | undefined;
  register: UseFormRegister<LineValues>;
}

function SecretField({ secret, isSet, cleared, error, register }: SecretFieldProps) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-1.5">
      <Field
        label={t(`line.secret.${secret}`)}
        hint={t(isSet ? "line.keepHint" : `line.secretHint.${secret}`)}
        error={error}
      >
        {(field) => (
          <Input
            {...field}
            type="password"
            autoComplete="new-password"
            disabled={cleared}
            placeholder={isSet ? "••••••••" : ""}
            className="font-mono"
            {...register(secret)}
          />
        )}
      </Field>
      <div className="flex items-center gap-4">
        <Badge tone={isSet ? "ok" : "warn"}>{t(isSet ? "line.set" : "line.notSet")}</Badge>
        {isSet && <Check label={t("line.clear")} {...register(`clear.${secret}`)} />}
      </div>
    </div>
  );
}
