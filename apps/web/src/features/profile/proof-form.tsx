/** Password and code: what is asked before a second factor is changed or given up. */
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { accessErrors } from "@/lib/access-errors";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { CodeField } from "@/ui/code-field";
import { DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Notice } from "@/ui/states";
import type { Proof } from "./queries";

interface ProofFormProps {
  error: unknown;
  busy: boolean;
  verb: string;
  danger?: boolean;
  onProof: (proof: Proof) => void;
  onCancel: () => void;
}

export function ProofForm({ error, busy, verb, danger, onProof, onCancel }: ProofFormProps) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const served = accessErrors(error, t);
  const ready = password !== "" && code.trim() !== "";
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onProof({ password, code: code.trim() });
      }}
    >
      {error != null && Object.keys(served).length === 0 && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(error, t)}
        </Notice>
      )}
      <Field label={t("profile.password.current")} error={served["password"]}>
        {(field) => (
          <Input
            {...field}
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <CodeField value={code} onChange={setCode} error={served["code"]} />
      <DialogActions>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant={danger ? "danger" : "primary"} disabled={!ready} busy={busy}>
          {verb}
        </Button>
      </DialogActions>
    </form>
  );
}
