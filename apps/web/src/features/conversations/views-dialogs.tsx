/** Keeps what the list shows under a name, and takes such names away. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "@/api/client";
import type { NewView, View } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Check, Field, Input } from "@/ui/field";
import { toast } from "@/ui/toast";
import { type InboxSearch, viewFilter } from "./filters";
import { VIEWS_KEY } from "./keys";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function KeepDialog({ open, onOpenChange, search }: DialogProps & { search: InboxSearch }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const canShare = usePermission("settings.write");
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const keep = useMutation({
    mutationFn: (body: NewView) => unwrap(api.POST("/api/views", { body })),
    meta: { quiet: true },
    onSuccess: (view) => {
      void client.invalidateQueries({ queryKey: VIEWS_KEY });
      onOpenChange(false);
      setName("");
      toast.success(t("views.kept", { name: view.name }));
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    keep.mutate({ name: name.trim(), shared, filter: viewFilter(search), sort: search.sort ?? "newest" });
  }
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("views.keep")}>
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label={t("views.name")}
          hint={t("views.hint")}
          error={keep.isError ? problemWords(keep.error, t) : undefined}
        >
          {(field) => (
            <Input
              {...field}
              required
              maxLength={60}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {canShare && (
          <Check
            label={t("views.share")}
            checked={shared}
            onChange={(event) => setShared(event.target.checked)}
          />
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>{t("action.cancel")}</Button>
          <Button type="submit" variant="primary" disabled={!name.trim() || keep.isPending}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function ManageDialog({ open, onOpenChange, views }: DialogProps & { views: View[] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const canShare = usePermission("settings.write");
  const remove = useMutation({
    mutationFn: ({ id }: View) => unwrap(api.DELETE("/api/views/{id}", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: VIEWS_KEY }),
  });
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("views.manage")}>
      <ul className="divide-y divide-line">
        {views.map((view) => (
          <li key={view.id} className="flex items-center gap-3 py-2">
            <span className="min-w-0 flex-1 truncate">{view.name}</span>
            <span className="text-list text-muted">{t(view.shared ? "views.shared" : "views.own")}</span>
            <Button
              size="icon"
              variant="ghost"
              aria-label={t("views.remove", { name: view.name })}
              disabled={(view.shared && !canShare) || remove.isPending}
              onClick={() => remove.mutate(view)}
            >
              <Trash2 />
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
