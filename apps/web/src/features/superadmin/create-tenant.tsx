/** A new tenant: its slug follows the name until somebody writes another. */
import { zodResolver } from "@hookform/resolvers/zod";
import { CircleAlert } from "lucide-react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Tenant } from "@/api/types";
import { slugOf } from "@/lib/names";
import { asProblem, fieldErrors, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input, Select } from "@/ui/field";
import { Notice } from "@/ui/states";
import { toast } from "@/ui/toast";
import { useCreateTenant } from "./queries";

export const PLANS = ["starter", "growth", "scale", "enterprise"] as const;

const schema = z.object({
  name: z.string().trim().min(1, "form.required").max(120, "form.tooLong"),
  slug: z
    .string()
    .min(2, "form.slug")
    .max(48, "form.tooLong")
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "form.slug"),
  plan: z.enum(PLANS),
});
type Values = z.infer<typeof schema>;

interface CreateTenantProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onCreated: (tenant: Tenant) => void;
}

export function CreateTenantDialog({ open, onOpenChange, onCreated }: CreateTenantProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("tenants.create")}
      description={t("tenants.createText")}
    >
      <CreateTenantForm onCancel={() => onOpenChange(false)} onCreated={onCreated} />
    </Dialog>
  );
}

function CreateTenantForm({ onCancel, onCreated }: { onCancel: () => void; onCreated: (t: Tenant) => void }) {
  const { t } = useTranslation();
  const create = useCreateTenant();
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { name: "", slug: "", plan: "starter" },
  });
  const { errors, dirtyFields } = form.formState;
  const problem = create.error ? asProblem(create.error) : null;
  const served = problem ? fieldErrors(problem, t) : {};
  const slugTaken = problem?.code === "slug_taken" ? t("problem.slug_taken") : undefined;
  const name = form.register("name");
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={form.handleSubmit((values) =>
        create.mutate(values, {
          onSuccess: (tenant) => {
            toast.success(t("toast.tenantCreated", { name: tenant.name }));
            onCreated(tenant);
          },
        }),
      )}
    >
      {problem && !slugTaken && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(problem, t)}
        </Notice>
      )}
      <Field label={t("tenant.name")} error={errors.name?.message ? t(errors.name.message) : served["name"]}>
        {(field) => (
          <Input
            {...field}
            autoComplete="off"
            {...name}
            onChange={(event) => {
              void name.onChange(event);
              if (!dirtyFields.slug) form.setValue("slug", slugOf(event.target.value));
            }}
          />
        )}
      </Field>
      <Field
        label={t("tenant.slug")}
        hint={t("tenant.slugHint")}
        error={errors.slug?.message ? t(errors.slug.message) : (slugTaken ?? served["slug"])}
      >
        {(field) => (
          <Input
            {...field}
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            {...form.register("slug")}
          />
        )}
      </Field>
      <Field label={t("tenant.plan")}>
        {(field) => (
          <Select {...field} {...form.register("plan")}>
            {PLANS.map((plan) => (
              <option key={plan} value={plan}>
                {t(`plan.${plan}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <DialogActions>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          {t("tenants.create")}
        </Button>
      </DialogActions>
    </form>
  );
}
