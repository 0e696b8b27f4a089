/** What the team calls a line. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel } from "@/api/types";
import { fieldErrors, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { toast } from "@/ui/toast";
import { useRenameLine } from "./tenant-settings";

export function RenameLineDialog({ line, onClose }: { line: Channel; onClose: () => void }) {
  const { t } = useTranslation();
  const rename = useRenameLine();
  const [name, setName] = useState(line.display_name);
  const error = rename.error
    ? (fieldErrors(rename.error, t)["display_name"] ?? problemWords(rename.error, t))
    : undefined;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("renameLine.title", { name: line.display_name })}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!name.trim()) return;
          rename.mutate(
            { id: line.id, display_name: name.trim() },
            {
              onSuccess: () => {
                toast.success(t("toast.saved"));
                onClose();
              },
            },
          );
        }}
      >
        <Field label={t("renameLine.name")} hint={t("renameLine.hint")} error={error}>
          {(field) => (
            <Input
              {...field}
              maxLength={120}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" variant="primary" disabled={!name.trim()} busy={rename.isPending}>
            {t("action.save")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
