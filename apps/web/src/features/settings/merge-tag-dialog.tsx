/** Two tags that mean the same become one. */
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Tag } from "@/api/types";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Select } from "@/ui/field";
import { Notice } from "@/ui/states";
import { toast } from "@/ui/toast";
import { useMergeTag } from "./tenant-settings";

interface MergeTagProps {
  tag: Tag;
  others: Tag[];
  onClose: () => void;
}

export function MergeTagDialog({ tag, others, onClose }: MergeTagProps) {
  const { t } = useTranslation();
  const merge = useMergeTag();
  const [into, setInto] = useState("");
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("mergeTag.title", { name: tag.name })}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!into) return;
          merge.mutate(
            { id: tag.id, into },
            {
              onSuccess: (kept) => {
                toast.success(t("mergeTag.done", { name: kept.name, count: kept.conversations }));
                onClose();
              },
            },
          );
        }}
      >
        <p>{t("mergeTag.text", { name: tag.name, count: tag.conversations })}</p>
        {merge.error && (
          <Notice tone="bad" icon={CircleAlert}>
            {problemWords(merge.error, t)}
          </Notice>
        )}
        <Field label={t("mergeTag.into")}>
          {(field) => (
            <Select {...field} value={into} onChange={(event) => setInto(event.target.value)}>
              <option value="">{t("mergeTag.choose")}</option>
              {others.map((other) => (
                <option key={other.id} value={other.id}>
                  {other.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" variant="danger" disabled={!into} busy={merge.isPending}>
            {t("mergeTag.verb")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
