/** Name and e-mail of a SuperAdmin to invite. */
import { zodResolver } from "@hookform/resolvers/zod";
import { CircleAlert } from "lucide-react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { fieldErrors, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Notice } from "@/ui/states";

const schema = z.object({
  name: z.string().trim().min(1, "form.required").max(120, "form.tooLong"),
  email: z.email("form.email"),
});
type Values = z.infer<typeof schema>;

interface PersonFormProps {
  error: unknown;
  busy: boolean;
  onSubmit: (values: Values) => void;
  onCancel: () => void;
}

export function PersonForm({ error, busy, onSubmit, onCancel }: PersonFormProps) {
  const { t } = useTranslation();
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: { name: "", email: "" } });
  const served = error ? fieldErrors(error, t) : {};
  const message = (name: keyof Values) => {
    const own = form.formState.errors[name]?.message;
    return own ? t(own) : served[name];
  };
  return (
    <form noValidate className="grid gap-4" onSubmit={form.handleSubmit(onSubmit)}>
      {error != null && Object.keys(served).length === 0 && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(error, t)}
        </Notice>
      )}
      <Field label={t("user.name")} error={message("name")}>
        {(field) => <Input {...field} autoComplete="off" {...form.register("name")} />}
      </Field>
      <Field label={t("user.email")} error={message("email")}>
        {(field) => <Input {...field} type="email" autoComplete="off" {...form.register("email")} />}
      </Field>
      <DialogActions>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {t("people.invite")}
        </Button>
      </DialogActions>
    </form>
  );
}
