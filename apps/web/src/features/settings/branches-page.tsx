/** Where the company receives customers. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleAlert, Store } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import type { Branch, NewBranch } from "@/api/types";
import { asProblem, fieldErrors, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Check, Field, Input, TextArea } from "@/ui/field";
import { Notice } from "@/ui/states";
import { toast } from "@/ui/toast";
import { CataloguePage } from "./catalogue-page";
import {
  branchesQuery,
  type CatalogueFilter,
  useDeleteBranch,
  usePatchBranch,
  useSaveBranch,
} from "./tenant-settings";

export function BranchesPage() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<CatalogueFilter>({ q: "", active: undefined });
  const list = useInfiniteQuery(branchesQuery(useDeferredValue(filter)));
  const patch = usePatchBranch();
  const remove = useDeleteBranch();
  return (
    <CataloguePage<Branch>
      words={{
        title: t("branches.title"),
        text: t("branches.text"),
        empty: t("branches.empty"),
        create: t("branches.create"),
        deleteText: t("branches.deleteText"),
      }}
      icon={Store}
      filter={filter}
      onFilter={setFilter}
      list={list}
      row={(branch) => <BranchRow branch={branch} />}
      form={(branch, onClose) => <BranchDialog branch={branch} onClose={onClose} />}
      onPatch={(id, body) => patch.mutate({ id, body })}
      onDelete={(id, onSettled) => remove.mutate(id, { onSettled })}
      deleting={remove.isPending}
    />
  );
}

function BranchRow({ branch }: { branch: Branch }) {
  const below = [branch.address, branch.hours_text, branch.phone].filter(Boolean).join(" · ");
  return (
    <>
      <p className="truncate">
        <span className="font-medium">{branch.name}</span>{" "}
        <code className="font-mono text-xs text-muted">{branch.code}</code>
      </p>
      {below && <p className="truncate text-list text-muted">{below}</p>}
    </>
  );
}

interface Values {
  code: string;
  name: string;
  address: string;
  lat: string;
  lng: string;
  hours_text: string;
  phone: string;
  is_active: boolean;
}

const text = (value: string) => value.trim() || null;
const degrees = (value: string) => (value.trim() === "" ? null : Number(value.replace(",", ".")));

function bodyOf(values: Values): NewBranch {
  return {
    code: values.code.trim(),
    name: values.name.trim(),
    address: text(values.address),
    lat: degrees(values.lat),
    lng: degrees(values.lng),
    hours_text: text(values.hours_text),
    phone: text(values.phone),
    is_active: values.is_active,
  };
}

function BranchDialog({ branch, onClose }: { branch: Branch | null; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveBranch();
  const form = useForm<Values>({
    defaultValues: {
      code: branch?.code ?? "",
      name: branch?.name ?? "",
      address: branch?.address ?? "",
      lat: branch?.lat?.toString() ?? "",
      lng: branch?.lng?.toString() ?? "",
      hours_text: branch?.hours_text ?? "",
      phone: branch?.phone ?? "",
      is_active: branch?.is_active ?? true,
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const served = problem ? fieldErrors(problem, t) : {};
  if (problem?.code === "code_taken") served["code"] = t("problem.code_taken");
  const isNumber = (value: string) => !Number.isNaN(degrees(value) ?? 0) || t("form.number");
  const error = (name: keyof Values) => {
    const own = form.formState.errors[name];
    return own ? own.message || t("form.required") : served[name];
  };
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={branch ? t("catalogue.edit", { name: branch.name }) : t("branches.create")}
    >
      <form
        noValidate
        className="grid gap-4 sm:grid-cols-2"
        onSubmit={form.handleSubmit((values) =>
          save.mutate(
            { id: branch?.id ?? null, body: bodyOf(values) },
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
          <Field label={t("branches.address")} error={error("address")}>
            {(field) => <TextArea {...field} rows={2} maxLength={300} {...form.register("address")} />}
          </Field>
        </div>
        <Field label={t("branches.lat")} hint={t("branches.placeHint")} error={error("lat")}>
          {(field) => (
            <Input {...field} inputMode="decimal" {...form.register("lat", { validate: isNumber })} />
          )}
        </Field>
        <Field label={t("branches.lng")} error={error("lng")}>
          {(field) => (
            <Input {...field} inputMode="decimal" {...form.register("lng", { validate: isNumber })} />
          )}
        </Field>
        <Field label={t("branches.phone")} error={error("phone")}>
          {(field) => <Input {...field} type="tel" placeholder="+51987654321" {...form.register("phone")} />}
        </Field>
        <Field label={t("branches.hours")} hint={t("branches.hoursHint")} error={error("hours_text")}>
          {(field) => <Input {...field} maxLength={500} {...form.register("hours_text")} />}
        </Field>
        <div className="sm:col-span-2">
          <Check
            label={t("catalogue.isActive")}
            hint={t("catalogue.isActiveHint")}
            {...form.register("is_active")}
          />
        </div>
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
