/** A tenant's name, logo, colours and zone; with a look at what they become on both themes. */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BrandingBody, Tenant } from "@/api/types";
import { parseHex } from "@/lib/accent";
import { asProblem, fieldErrors, problemWords } from "@/lib/problem";
import { localZone } from "@/lib/time";
import { Button } from "@/ui/button";
import { Field, Input, Select } from "@/ui/field";
import { Card } from "@/ui/page";
import { ErrorState, Notice, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { BrandingPreview } from "./branding-preview";
import { LogoField } from "./logo-field";
import { brandingQuery, useSaveBranding } from "./queries";

const COLOURS = ["color_primary", "color_accent", "color_background"] as const;
const FIRST = { color_primary: "#0b6b60", color_accent: "#f2a33a", color_background: "#ffffff" };
type Values = Required<{ [K in keyof BrandingBody]: string }>;

export function BrandingTab({ tenant }: { tenant: Tenant }) {
  const branding = useQuery(brandingQuery(tenant.id));
  if (branding.isPending) return <SkeletonRows rows={5} />;
  const missing = branding.isError && asProblem(branding.error).code === "not_found";
  if (branding.isError && !missing) {
    return <ErrorState error={branding.error} onRetry={() => void branding.refetch()} />;
  }
  const known = branding.data;
  const uploaded = known?.logo_url?.startsWith("/") ? known.logo_url : null;
  const first: Values = {
    brand_name: known?.brand_name ?? tenant.name,
    logo_url: uploaded ? "" : (known?.logo_url ?? ""),
    color_primary: known?.color_primary ?? "",
    color_accent: known?.color_accent ?? "",
    color_background: known?.color_background ?? "",
    timezone: known?.timezone ?? localZone(),
  };
  return <BrandingForm key={tenant.id} tenantId={tenant.id} first={first} uploaded={uploaded} />;
}

function zones(current: string): string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return known.includes(current) ? known : [current, ...known];
}

interface BrandingFormProps {
  tenantId: string;
  first: Values;
  /** The path of the logo that was uploaded; it goes before one from elsewhere. */
  uploaded: string | null;
}

function BrandingForm({ tenantId, first, uploaded }: BrandingFormProps) {
  const { t } = useTranslation();
  const save = useSaveBranding(tenantId);
  const [values, setValues] = useState(first);
  const served = save.error ? fieldErrors(save.error, t) : {};
  const set = (change: Partial<Values>) => setValues((now) => ({ ...now, ...change }));
  const badColour = (name: (typeof COLOURS)[number]) =>
    values[name] !== "" && !parseHex(values[name]) ? t("form.colour") : served[name];
  const badLogo =
    values.logo_url !== "" && !/^https:\/\/\S+$/.test(values.logo_url) ? t("form.httpsUrl") : undefined;
  const valid =
    values.brand_name.trim() !== "" && !badLogo && COLOURS.every((c) => !values[c] || parseHex(values[c]));

  function submit(): void {
    const orNull = (text: string) => text.trim() || null;
    save.mutate(
      {
        brand_name: values.brand_name.trim(),
        logo_url: orNull(values.logo_url),
        color_primary: orNull(values.color_primary),
        color_accent: orNull(values.color_accent),
        color_background: orNull(values.color_background),
        timezone: orNull(values.timezone),
      },
      { onSuccess: () => toast.success(t("toast.saved")) },
    );
  }

  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <Card title={t("branding.title")}>
        <form
          noValidate
          className="grid gap-4 p-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (valid) submit();
          }}
        >
          {save.error && Object.keys(served).length === 0 && (
            <Notice tone="bad" icon={CircleAlert}>
              {problemWords(save.error, t)}
            </Notice>
          )}
          <Field
            label={t("branding.name")}
            error={values.brand_name.trim() ? served["brand_name"] : t("form.required")}
          >
            {(field) => (
              <Input
                {...field}
                value={values.brand_name}
                onChange={(e) => set({ brand_name: e.target.value })}
              />
            )}
          </Field>
          <LogoField tenantId={tenantId} logo={uploaded} />
          {!uploaded && (
            <Field
              label={t("branding.logo")}
              hint={t("branding.logoHint")}
              error={badLogo ?? served["logo_url"]}
            >
              {(field) => (
                <Input
                  {...field}
                  type="url"
                  placeholder="https://"
                  value={values.logo_url}
                  onChange={(e) => set({ logo_url: e.target.value })}
                />
              )}
            </Field>
          )}
          {COLOURS.map((name) => (
            <Field
              key={name}
              label={t(`branding.${name}`)}
              hint={t(`branding.hint.${name}`)}
              error={badColour(name)}
            >
              {(field) => (
                <div className="flex gap-2">
                  <input
                    type="color"
                    aria-label={t("branding.pick", { name: t(`branding.${name}`) })}
                    className="h-9 w-12 shrink-0 cursor-pointer rounded-md border border-line bg-surface p-1"
                    value={parseHex(values[name]) ? values[name] : FIRST[name]}
                    onChange={(e) => set({ [name]: e.target.value })}
                  />
                  <Input
                    {...field}
                    className="font-mono"
                    spellCheck={false}
                    placeholder={FIRST[name]}
                    value={values[name]}
                    onChange={(e) => set({ [name]: e.target.value.trim() })}
                  />
                </div>
              )}
            </Field>
          ))}
          <Field label={t("branding.timezone")} hint={t("branding.timezoneHint")} error={served["timezone"]}>
            {(field) => (
              <Select {...field} value={values.timezone} onChange={(e) => set({ timezone: e.target.value })}>
                {zones(values.timezone).map((zone) => (
                  <option key={zone}>{zone}</option>
                ))}
              </Select>
            )}
          </Field>
          <Button
            type="submit"
            variant="primary"
            className="justify-self-end"
            disabled={!valid}
            busy={save.isPending}
          >
            {t("action.save")}
          </Button>
        </form>
      </Card>
      <BrandingPreview
        name={values.brand_name}
        logo={uploaded ?? (badLogo ? "" : values.logo_url)}
        colour={values.color_primary || FIRST.color_primary}
      />
    </div>
  );
}
