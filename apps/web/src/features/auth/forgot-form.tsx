/** Asks for a link to set another password. The answer is the same for anybody. */
import { zodResolver } from "@hookform/resolvers/zod";
import { ArrowLeft, CircleAlert, MailCheck } from "lucide-react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Notice } from "@/ui/states";
import { useForgot } from "./queries";

const schema = z.object({ email: z.email("form.email") });
type Values = z.infer<typeof schema>;

export function ForgotForm({ email, onBack }: { email: string; onBack: () => void }) {
  const { t } = useTranslation();
  const forgot = useForgot();
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: { email } });
  const own = form.formState.errors.email?.message;
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={form.handleSubmit((values) => forgot.mutate({ email: values.email.trim() }))}
    >
      <h2 className="font-semibold">{t("forgot.title")}</h2>
      {forgot.error && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(forgot.error, t)}
        </Notice>
      )}
      {forgot.isSuccess ? (
        <p role="status" className="flex gap-2">
          <MailCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
          {t("forgot.sent")}
        </p>
      ) : (
        <>
          <Field label={t("login.email")} hint={t("forgot.hint")} error={own ? t(own) : undefined}>
            {(props) => (
              <Input {...props} type="email" autoComplete="username" autoFocus {...form.register("email")} />
            )}
          </Field>
          <Button type="submit" variant="primary" busy={forgot.isPending} className="h-10">
            {t("forgot.send")}
          </Button>
        </>
      )}
      <Button variant="ghost" className="justify-self-start" onClick={onBack}>
        <ArrowLeft aria-hidden />
        {t("action.back")}
      </Button>
    </form>
  );
}
