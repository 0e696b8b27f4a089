/** A link to set a password: whose it is, the password, and in. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, LogIn } from "lucide-react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { api, unwrap } from "@/api/client";
import type { OpenLink } from "@/api/types";
import { asProblem, fieldErrors, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Notice, SkeletonRows } from "@/ui/states";
import { useAcceptLink } from "./queries";

interface AcceptLinkProps {
  token: string;
  onDone: () => void;
  onLogin: () => void;
}

export function AcceptLink({ token, onDone, onLogin }: AcceptLinkProps) {
  const { t } = useTranslation();
  const link = useQuery({
    queryKey: ["link", token],
    queryFn: () => unwrap(api.POST("/api/auth/links/read", { body: { token } })),
    enabled: token !== "",
    retry: false,
    // Entering spends the link; what it said stays true for this page.
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (link.isSuccess)
    return <PasswordForm token={token} link={link.data} onDone={onDone} onLogin={onLogin} />;
  if (link.isPending && token) return <SkeletonRows rows={3} />;
  return (
    <div className="grid gap-4">
      <Notice tone="bad" icon={CircleAlert}>
        {link.error ? problemWords(link.error, t) : t("problem.link_invalid")}
      </Notice>
      <Button onClick={onLogin}>
        <LogIn aria-hidden />
        {t("link.toLogin")}
      </Button>
    </div>
  );
}

const schema = z
  .object({
    name: z.string().trim().min(1, "form.required").max(120, "form.tooLong"),
    password: z.string().min(10, "form.passwordShort").max(200, "form.tooLong"),
    again: z.string(),
  })
  .refine((values) => values.password === values.again, { path: ["again"], message: "link.differs" });
type Values = z.infer<typeof schema>;

function PasswordForm({ token, link, onDone, onLogin }: AcceptLinkProps & { link: OpenLink }) {
  const { t } = useTranslation();
  const accept = useAcceptLink(onDone);
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { name: link.name, password: "", again: "" },
  });
  const problem = accept.error ? asProblem(accept.error) : null;
  const served = accept.error ? fieldErrors(accept.error, t) : {};
  const message = (name: keyof Values) => {
    const own = form.formState.errors[name]?.message;
    return own ? t(own) : served[name];
  };
  const invited = link.kind === "invite";
  if (problem?.code === "totp_required") {
    return (
      <div className="grid gap-4">
        <p role="status">{t("link.thenCode")}</p>
        <Button variant="primary" onClick={onLogin}>
          <LogIn aria-hidden />
          {t("link.toLogin")}
        </Button>
      </div>
    );
  }
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={form.handleSubmit(({ name, password }) =>
        accept.mutate(invited ? { token, password, name } : { token, password }),
      )}
    >
      <div>
        <h2 className="text-base font-semibold">
          {t(invited ? "link.invited" : "link.reset", { brand: link.brand_name })}
        </h2>
        <p className="text-muted">{link.email}</p>
      </div>
      {problem && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(problem, t)}
        </Notice>
      )}
      {invited && (
        <Field label={t("user.name")} error={message("name")}>
          {(props) => <Input {...props} autoComplete="name" {...form.register("name")} />}
        </Field>
      )}
      <Field label={t("link.password")} hint={t("user.passwordHint")} error={message("password")}>
        {(props) => (
          <Input {...props} type="password" autoComplete="new-password" {...form.register("password")} />
        )}
      </Field>
      <Field label={t("link.again")} error={message("again")}>
        {(props) => (
          <Input {...props} type="password" autoComplete="new-password" {...form.register("again")} />
        )}
      </Field>
      <Button type="submit" variant="primary" busy={accept.isPending} className="h-10">
        {t("link.enter")}
      </Button>
    </form>
  );
}
