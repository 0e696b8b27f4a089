/** The form of a service. */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import type { NewService, Service } from "@/api/types";
import { priceFromField, priceToField } from "@/lib/money";
import { asProblem, fieldErrors, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Check, Field, Input, Select, TextArea } from "@/ui/field";
import { Notice } from "@/ui/states";
import { toast } from "@/ui/toast";
import { branchNamesQuery, useSaveService } from "./tenant-settings";

/** Where the product is at home, then the rest of the continent. */
const CURRENCIES = "PEN BOB USD MXN COP CLP ARS BRL UYU PYG GTQ HNL NIO CRC PAB DOP VES CUP EUR".split(" ");

interface Values {
  code: string;
  name: string;
  subtitle: string;
  description: string;
  price: string;
  currency: string;
  duration_min: string;
  image_url: string;
  is_featured: boolean;
  is_active: boolean;
  branch_ids: string[];
}

const text = (value: string) => value.trim() || null;

function bodyOf(values: Values): NewService {
  const amount = priceFromField(values.price, values.currency);
  return {
    code: values.code.trim(),
    name: values.name.trim(),
    subtitle: text(values.subtitle),
    description: text(values.description),
    price: amount === null ? null : { amount, currency: values.currency },
    duration_min: values.duration_min.trim() ? Number(values.duration_min) : null,
    image_url: text(values.image_url),
    is_featured: values.is_featured,
    is_active: values.is_active,
    branch_ids: values.branch_ids,
  };
}

function valuesOf(service: Service | null): Values {
  const price = service?.price;
  return {
    code: service?.code ?? "",
    name: service?.name ?? "",
    subtitle: service?.subtitle ?? "",
    description: service?.description ?? "",
    price: price ? priceToField(price.amount, price.currency) : "",
    currency: price?.currency ?? "PEN",
    duration_min: service?.duration_min?.toString() ?? "",
    image_url: service?.image_url ?? "",
    is_featured: service?.is_featured ?? false,
    is_active: service?.is_active ?? true,
    branch_ids: service?.branch_ids ?? [],
  };
}

export function ServiceDialog({ service, onClose }: { service: Service | null; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveService();
  const branches = useQuery(branchNamesQuery).data?.items ?? [];
  const form = useForm<Values>({ defaultValues: valuesOf(service) });
  const problem = save.error ? asProblem(save.error) : null;
  const served = problem ? fieldErrors(problem, t) : {};
  if (problem?.code === "code_taken") served["code"] = t("problem.code_taken");
  const error = (name: keyof Values) => {
    const own = form.formState.errors[name];
    return own ? own.message || t("form.required") : served[name];
  };
  const currencies = [...new Set([form.getValues("currency"), ...CURRENCIES])];
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={service ? t("catalogue.edit", { name: service.name }) : t("services.create")}
    >
      <form
        noValidate
        className="grid gap-4 sm:grid-cols-2"
        onSubmit={form.handleSubmit((values) =>
          save.mutate(
            { id: service?.id ?? null, body: bodyOf(values) },
            {
              onSuccess: () => {
                toast.success(t("toast.saved"));
                onClose();
              },
            },
          ),
        )}
      >
        {problem && Object.keys(served).length === 0 && (
          <div className="sm:col-span-2">
            <Notice tone="bad" icon={CircleAlert}>
              {problemWords(problem, t)}
            </Notice>
          </div>
        )}
        <Field label={t("catalogue.name")} error={error("name")}>
          {(field) => <Input {...field} maxLength={120} {...form.register("name", { required: true })} />}
        </Field>
        <Field label={t("catalogue.code")} hint={t("catalogue.codeHint")} error={error("code")}>
          {(field) => (
            <Input
              {...field}
              className="font-mono"
              maxLength={40}
              {...form.register("code", { required: true })}
            />
          )}
        </Field>
        <div className="sm:col-span-2">
          <Field label={t("services.subtitle")} error={error("subtitle")}>
            {(field) => <Input {...field} maxLength={120} {...form.register("subtitle")} />}
          </Field>
        </div>
        <div className="sm:col-span-2">
          <Field label={t("services.description")} error={error("description")}>
            {(field) => <TextArea {...field} rows={3} maxLength={2000} {...form.register("description")} />}
          </Field>
        </div>
        <Field
          label={t("services.price")}
          hint={t("services.priceHint")}
          error={error("price") ?? served["amount"]}
        >
          {(field) => (
            <Input
              {...field}
              inputMode="decimal"
              className="tabular"
              {...form.register("price", {
                validate: (value, { currency }) =>
                  !value.trim() || priceFromField(value, currency) !== null || t("form.price"),
              })}
            />
          )}
        </Field>
        <Field label={t("services.currency")} error={error("currency")}>
          {(field) => (
            <Select {...field} {...form.register("currency")}>
              {currencies.map((code) => (
                <option key={code}>{code}</option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t("services.duration")} error={error("duration_min")}>
          {(field) => (
            <Input
              {...field}
              inputMode="numeric"
              className="tabular"
              {...form.register("duration_min", {
                validate: (value) => /^\d{0,5}$/.test(value.trim()) || t("form.number"),
              })}
            />
          )}
        </Field>
        <Field label={t("services.image")} error={error("image_url")}>
          {(field) => <Input {...field} type="url" placeholder="https://" {...form.register("image_url")} />}
        </Field>
        {branches.length > 0 && (
          <fieldset className="sm:col-span-2">
            <legend className="text-list font-medium">{t("services.branches")}</legend>
            <p className="mb-1.5 text-list text-muted">{t("services.branchesHint")}</p>
            <div className="grid gap-1.5 sm:grid-cols-2">
              {branches.map((branch) => (
                <Check
                  key={branch.id}
                  label={branch.name}
                  value={branch.id}
                  {...form.register("branch_ids")}
                />
              ))}
            </div>
          </fieldset>
        )}
        <Check label={t("services.featured")} {...form.register("is_featured")} />
        <Check label={t("catalogue.isActive")} {...form.register("is_active")} />
        <div className="sm:col-span-2">
          <DialogActions>
            <Button onClick={onClose}>{t("action.cancel")}</Button>
            <Button type="submit" variant="primary" busy={save.isPending}>
              {t("action.save")}
            </Button>
          </DialogActions>
        </div>
      </form>
    </Dialog>
  );
}
