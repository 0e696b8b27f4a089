/** Tags of a tenant. */
import { useQuery } from "@tanstack/react-query";
import { Merge, Pencil, Plus, Tags, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { tagsQuery } from "@/api/directory";
import type { Tag } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { fieldErrors, problemWords } from "@/lib/problem";
import { TagChip } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { MergeTagDialog } from "./merge-tag-dialog";
import { useDeleteTag, useSaveTag } from "./queries";

const FIRST_COLOUR = "#0b6b60";

export function TagsPage() {
  const { t } = useTranslation();
  const canCreate = usePermission("chat.write");
  const canEdit = usePermission("settings.write");
  const tags = useQuery(tagsQuery);
  const remove = useDeleteTag();
  const [editing, setEditing] = useState<Tag | "new" | null>(null);
  const [removing, setRemoving] = useState<Tag | null>(null);
  const [merging, setMerging] = useState<Tag | null>(null);
  const add = canCreate && (
    <Button variant="primary" onClick={() => setEditing("new")}>
      <Plus aria-hidden />
      {t("settings.tags.create")}
    </Button>
  );
  return (
    <Page title={t("settings.tags.title")} text={t("settings.tags.text")} actions={add}>
      <Card>
        {tags.isPending ? (
          <SkeletonRows />
        ) : tags.isError ? (
          <ErrorState error={tags.error} onRetry={() => void tags.refetch()} />
        ) : tags.data.items.length === 0 ? (
          <EmptyState icon={Tags} text={t("settings.tags.empty")}>
            {add}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {tags.data.items.map((tag) => (
              <li key={tag.id} className="flex h-12 items-center gap-3 px-4">
                <TagChip name={tag.name} color={tag.color} />
                <span className="tabular ml-auto text-list text-muted">
                  {t("settings.tags.count", { count: tag.conversations })}
                </span>
                {canEdit && (
                  <span className="flex">
                    <Button
                      variant="ghost"
                      size="icon"
                      aria-label={t("settings.tags.edit", { name: tag.name })}
                      onClick={() => setEditing(tag)}
                    >
                      <Pencil />
                    </Button>
                    {tags.data.items.length > 1 && (
                      <Button
                        variant="ghost"
                        size="icon"
                        aria-label={t("mergeTag.title", { name: tag.name })}
                        onClick={() => setMerging(tag)}
                      >
                        <Merge />
                      </Button>
                    )}
                    <Button
                      variant="ghost"
                      size="icon"
                      aria-label={t("settings.tags.delete", { name: tag.name })}
                      onClick={() => setRemoving(tag)}
                    >
                      <Trash2 />
                    </Button>
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </Card>
      {editing && <TagDialog tag={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
      {merging && (
        <MergeTagDialog
          tag={merging}
          others={tags.data?.items.filter((tag) => tag.id !== merging.id) ?? []}
          onClose={() => setMerging(null)}
        />
      )}
      <Confirm
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={t("settings.tags.delete", { name: removing?.name ?? "" })}
        text={t("settings.tags.deleteText", { count: removing?.conversations ?? 0 })}
        verb={t("action.delete")}
        busy={remove.isPending}
        onConfirm={() => {
          if (removing) remove.mutate(removing.id, { onSettled: () => setRemoving(null) });
        }}
      />
    </Page>
  );
}

function TagDialog({ tag, onClose }: { tag: Tag | null; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveTag();
  const [name, setName] = useState(tag?.name ?? "");
  const [color, setColor] = useState(tag?.color ?? FIRST_COLOUR);
  const served = save.error ? (fieldErrors(save.error, t)["name"] ?? problemWords(save.error, t)) : undefined;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={tag ? t("settings.tags.edit", { name: tag.name }) : t("settings.tags.create")}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!name.trim()) return;
          save.mutate(
            { id: tag?.id ?? null, body: { name: name.trim(), color } },
            {
              onSuccess: () => {
                toast.success(t("toast.saved"));
                onClose();
              },
            },
          );
        }}
      >
        <Field label={t("settings.tags.name")} error={served}>
          {(field) => (
            <Input {...field} value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Field label={t("settings.tags.colour")}>
          {(field) => (
            <Input
              {...field}
              type="color"
              className="w-20 p-1"
              value={color}
              onChange={(event) => setColor(event.target.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" variant="primary" disabled={!name.trim()} busy={save.isPending}>
            {t("action.save")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
