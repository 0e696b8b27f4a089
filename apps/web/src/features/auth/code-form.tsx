/** The second factor: a code of the authenticator, or a recovery code. */
import { ArrowLeft, CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProblemError } from "@/lib/problem";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { CodeField } from "@/ui/code-field";
import { Notice } from "@/ui/states";

interface CodeFormProps {
  problem: ProblemError | null;
  busy: boolean;
  onCode: (code: string) => void;
  onBack: () => void;
}

export function CodeForm({ problem, busy, onCode, onBack }: CodeFormProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim()) onCode(code.trim());
      }}
    >
      {problem && problem.code !== "totp_required" && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(problem, t)}
        </Notice>
      )}
      <CodeField value={code} onChange={setCode} autoFocus />
      <Button type="submit" variant="primary" busy={busy} className="h-10">
        {t("login.enter")}
      </Button>
      <Button variant="ghost" className="justify-self-start" onClick={onBack}>
        <ArrowLeft aria-hidden />
        {t("action.back")}
      </Button>
    </form>
  );
}
