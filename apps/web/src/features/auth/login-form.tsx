/** E-mail and password; when the e-mail exists in several companies, which one. */
import { zodResolver } from "@hookform/resolvers/zod";
import { ArrowLeft, Building2, CircleAlert, Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Session } from "@/api/types";
import { asProblem, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Notice } from "@/ui/states";
import { CodeForm } from "./code-form";
import { ForgotForm } from "./forgot-form";
import { useLogin } from "./queries";

const schema = z.object({ email: z.email("form.email"), password: z.string().min(1, "form.required") });
type Values = z.infer<typeof schema>;

export function LoginForm({ onDone }: { onDone: (session: Session) => void }) {
  const { t } = useTranslation();
  const [visible, setVisible] = useState(false);
  const [forgot, setForgot] = useState(false);
  // What the password was right for, while a code is asked for.
  const [asked, setAsked] = useState<{ tenant?: string } | null>(null);
  const login = useLogin(onDone, (tried) => setAsked(tried.tenant ? { tenant: tried.tenant } : {}));
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { email: "", password: "" },
  });
  const { errors } = form.formState;
  const problem = login.error ? asProblem(login.error) : null;
  const choices = problem?.code === "tenant_required" ? problem.choices : [];
  const message = (key: string | undefined) => (key ? t(key) : undefined);

  if (forgot) return <ForgotForm email={form.getValues("email")} onBack={() => setForgot(false)} />;

  if (asked) {
    return (
      <CodeForm
        problem={problem}
        busy={login.isPending}
        onCode={(code) => login.mutate({ ...form.getValues(), ...asked, code })}
        onBack={() => {
          setAsked(null);
          login.reset();
        }}
      />
    );
  }

  if (choices.length > 0 || (login.isPending && login.variables.tenant)) {
    return (
      <TenantChoice
        choices={choices}
        busy={login.isPending ? (login.variables.tenant ?? null) : null}
        onBack={() => login.reset()}
        onChoose={(tenant) => login.mutate({ ...form.getValues(), tenant })}
      />
    );
  }

  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={form.handleSubmit((values) => login.mutate({ ...values, email: values.email.trim() }))}
    >
      {problem && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(problem, t)}
        </Notice>
      )}
      <Field label={t("login.email")} error={message(errors.email?.message)}>
        {(props) => (
          <Input {...props} type="email" autoComplete="username" autoFocus {...form.register("email")} />
        )}
      </Field>
      <Field label={t("login.password")} error={message(errors.password?.message)}>
        {(props) => (
          <div className="relative">
            <Input
              {...props}
              type={visible ? "text" : "password"}
              autoComplete="current-password"
              className="pr-10"
              {...form.register("password")}
            />
            <button
              type="button"
              aria-pressed={visible}
              aria-label={t("login.showPassword")}
              onClick={() => setVisible(!visible)}
              className="absolute inset-y-0 right-0 flex w-10 items-center justify-center rounded-md text-muted hover:text-ink"
            >
              {visible ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
            </button>
          </div>
        )}
      </Field>
      <Button type="submit" variant="primary" busy={login.isPending} className="mt-1 h-10">
        {login.isPending ? t("login.entering") : t("login.enter")}
      </Button>
      <Button variant="ghost" className="justify-self-center" onClick={() => setForgot(true)}>
        {t("forgot.open")}
      </Button>
    </form>
  );
}

interface TenantChoiceProps {
  choices: { slug: string; name: string }[];
  busy: string | null;
  onChoose: (slug: string) => void;
  onBack: () => void;
}

function TenantChoice({ choices, busy, onChoose, onBack }: TenantChoiceProps) {
  const { t } = useTranslation();
  if (busy) return <p role="status">{t("login.entering")}</p>;
  return (
    <div className="grid gap-3">
      <h2 className="font-semibold">{t("login.chooseTenant")}</h2>
      <ul className="grid gap-2">
        {choices.map((choice) => (
          <li key={choice.slug}>
            <Button className="h-11 w-full justify-start" onClick={() => onChoose(choice.slug)}>
              <Building2 aria-hidden className="text-muted" />
              <span className="truncate">{choice.name}</span>
              <span className="ml-auto text-list font-normal text-muted">{choice.slug}</span>
            </Button>
          </li>
        ))}
      </ul>
      <Button variant="ghost" className="justify-self-start" onClick={onBack}>
        <ArrowLeft aria-hidden />
        {t("action.back")}
      </Button>
    </div>
  );
}
