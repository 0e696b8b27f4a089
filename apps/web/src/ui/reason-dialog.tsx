/** Asks why before something is discarded: the reason is kept beside it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemWords } from "@/lib/problem";
import { Button } from "./button";
import { Dialog, DialogActions } from "./dialog";
import { Field, Input } from "./field";

/** As the API takes it. */
const LONGEST = 400;

interface ReasonDialogProps {
  title: string;
  text: string;
  error: unknown;
  busy: boolean;
  onClose: () => void;
  onConfirm: (reason: string) => void;
}

export function ReasonDialog({ title, text, error, busy, onClose, onConfirm }: ReasonDialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const said = reason.trim();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title}>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (said) onConfirm(said);
        }}
      >
        <p>{text}</p>
        <Field label={t("reason.label")} error={error ? problemWords(error, t) : undefined}>
          {(field) => (
            <Input
              {...field}
              value={reason}
              maxLength={LONGEST}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" variant="danger" disabled={!said} busy={busy}>
            {t("action.discard")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
