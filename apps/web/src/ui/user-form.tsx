/** The form of a new person: the same for a tenant's admin and for the platform. */
import { zodResolver } from "@hookform/resolvers/zod";
import { CircleAlert } from "lucide-react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { UserBody } from "@/api/types";
import { fieldErrors, problemWords } from "@/lib/problem";
import { Button } from "./button";
import { DialogActions } from "./dialog";
import { Field, Input, Select } from "./field";
import { Notice } from "./states";

/** A role to choose. */
export interface RoleChoice {
  key: string;
  words: string;
  /** Why it cannot be given. */
  why?: string | undefined;
}

const schema = z.object({
  name: z.string().trim().min(1, "form.required").max(120, "form.tooLong"),
  email: z.email("form.email"),
  role: z.string().min(1, "form.required"),
  // Empty: an invitation goes out instead.
  password: z.literal("").or(z.string().min(10, "form.passwordShort").max(200, "form.tooLong")),
});

type UserFields = z.infer<typeof schema>;

interface UserFormProps {
  error: unknown;
  busy: boolean;
  roles: RoleChoice[];
  firstRole: string;
  onSubmit: (body: UserBody) => void;
  onCancel: () => void;
}

export function UserForm({ error, busy, roles, firstRole, onSubmit, onCancel }: UserFormProps) {
  const { t } = useTranslation();
  const form = useForm<UserFields>({
    resolver: zodResolver(schema),
    defaultValues: { name: "", email: "", role: firstRole, password: "" },
  });
  const served = error ? fieldErrors(error, t) : {};
  const message = (name: keyof UserFields) => {
    const own = form.formState.errors[name]?.message;
    return own ? t(own) : served[name];
  };
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={form.handleSubmit(({ password, ...rest }) =>
        onSubmit(password ? { ...rest, password } : rest),
      )}
    >
      {error != null && (
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
      <Field label={t("user.role")} error={message("role")}>
        {(field) => (
          <Select {...field} {...form.register("role")}>
            <RoleOptions roles={roles} />
          </Select>
        )}
      </Field>
      <Field label={t("user.password")} hint={t("sentLink.passwordHint")} error={message("password")}>
        {(field) => (
          <Input {...field} type="password" autoComplete="new-password" {...form.register("password")} />
        )}
      </Field>
      <DialogActions>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {t("user.create")}
        </Button>
      </DialogActions>
    </form>
  );
}

export function RoleOptions({ roles }: { roles: RoleChoice[] }) {
  return roles.map(({ key, words, why }) => (
    <option key={key} value={key} disabled={why !== undefined}>
      {why ? `${words} (${why})` : words}
    </option>
  ));
}
