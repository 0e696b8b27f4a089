/** What a company asks before it opens: its short name, its own password, a code of its second factor. */
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProblemError } from "@/lib/problem";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { CodeField } from "@/ui/code-field";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Notice } from "@/ui/states";
import type { Destination } from "./queries";

/** What is still to be shown. */
export interface CompanyQuestion {
  /** Empty: also which company. */
  tenant: string;
  /** Shown already, and found right. */
  password?: string;
  wants: "password" | "code";
}

interface CompanyDialogProps {
  question: CompanyQuestion;
  problem: ProblemError | null;
  busy: boolean;
  onSubmit: (to: Destination) => void;
  onClose: () => void;
}

/** These only say what is asked next. */
const QUESTIONS = ["password_required", "totp_required"];

export function CompanyDialog({ question, problem, busy, onSubmit, onClose }: CompanyDialogProps) {
  const { t } = useTranslation();
  const [tenant, setTenant] = useState(question.tenant);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const asksCode = question.wants === "code";
  const ready = asksCode ? code.trim() : tenant.trim() && password;
  const told = problem && !QUESTIONS.includes(problem.code) ? problem : null;
  function submit(): void {
    if (!ready) return;
    const shown = asksCode ? question.password : password;
    onSubmit({
      tenant: tenant.trim(),
      ...(shown ? { password: shown } : {}),
      ...(asksCode ? { code: code.trim() } : {}),
    });
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("company.enter")}
      description={t(asksCode ? "company.codeText" : "company.text")}
    >
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {told && (
          <Notice tone="bad" icon={CircleAlert}>
            {problemWords(told, t)}
          </Notice>
        )}
        {asksCode ? (
          <CodeField value={code} onChange={setCode} autoFocus />
        ) : (
          <>
            <Field label={t("company.slug")} hint={t("company.slugHint")}>
              {(props) => (
                <Input
                  {...props}
                  value={tenant}
                  readOnly={question.tenant !== ""}
                  autoFocus={question.tenant === ""}
                  autoCapitalize="none"
                  spellCheck={false}
                  onChange={(event) => setTenant(event.target.value)}
                />
              )}
            </Field>
            <Field label={t("company.password")}>
              {(props) => (
                <Input
                  {...props}
                  type="password"
                  value={password}
                  autoFocus={question.tenant !== ""}
                  autoComplete="off"
                  onChange={(event) => setPassword(event.target.value)}
                />
              )}
            </Field>
          </>
        )}
        <DialogActions>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" variant="primary" disabled={!ready} busy={busy}>
            {t("login.enter")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
