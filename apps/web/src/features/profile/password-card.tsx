/** Another password of one's own; every other session ends with the old one. */
import { zodResolver } from "@hookform/resolvers/zod";
import { CircleAlert } from "lucide-react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { useSession } from "@/api/use-session";
import { fieldErrors, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Card } from "@/ui/page";
import { Notice } from "@/ui/states";
import { toast } from "@/ui/toast";
import { useChangePassword } from "./queries";

const schema = z
  .object({
    current_password: z.string().min(1, "form.required"),
    new_password: z.string().min(10, "form.passwordShort").max(200, "form.tooLong"),
    again: z.string(),
  })
  .refine((values) => values.new_password === values.again, { path: ["again"], message: "link.differs" });
type Values = z.infer<typeof schema>;
const EMPTY: Values = { current_password: "", new_password: "", again: "" };

export function PasswordCard() {
  const { t } = useTranslation();
  const email = useSession()?.user.email ?? "";
  const change = useChangePassword();
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: EMPTY });
  const served = change.error ? fieldErrors(change.error, t) : {};
  const message = (name: keyof Values) => {
    const own = form.formState.errors[name]?.message;
    return own ? t(own) : served[name];
  };
  return (
    <Card title={t("profile.password.title")}>
      <form
        noValidate
        className="grid gap-4 p-4"
        onSubmit={form.handleSubmit(({ current_password, new_password }) =>
          change.mutate(
            { current_password, new_password },
            {
              onSuccess: () => {
                toast.success(t("profile.password.done"));
                form.reset(EMPTY);
              },
            },
          ),
        )}
      >
        <p className="max-w-[68ch] text-muted">{t("profile.password.text")}</p>
        {change.error && Object.keys(served).length === 0 && (
          <Notice tone="bad" icon={CircleAlert}>
            {problemWords(change.error, t)}
          </Notice>
        )}
        {/* Tells a password manager whose password it is. */}
        <input type="text" hidden readOnly autoComplete="username" value={email} />
        <div className="grid max-w-3xl gap-4 sm:grid-cols-3">
          <Field label={t("profile.password.current")} error={message("current_password")}>
            {(field) => (
              <Input
                {...field}
                type="password"
                autoComplete="current-password"
                {...form.register("current_password")}
              />
            )}
          </Field>
          <Field label={t("link.password")} hint={t("user.passwordHint")} error={message("new_password")}>
            {(field) => (
              <Input
                {...field}
                type="password"
                autoComplete="new-password"
                {...form.register("new_password")}
              />
            )}
          </Field>
          <Field label={t("link.again")} error={message("again")}>
            {(field) => (
              <Input {...field} type="password" autoComplete="new-password" {...form.register("again")} />
            )}
          </Field>
        </div>
        <Button type="submit" className="justify-self-start" busy={change.isPending}>
          {t("user.setPassword")}
        </Button>
      </form>
    </Card>
  );
}
