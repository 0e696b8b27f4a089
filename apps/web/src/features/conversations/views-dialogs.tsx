/** Keeps what the list shows under a name, and changes or takes away such names. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
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
  onClose: () => void;
}

export function KeepDialog({ onClose, search }: DialogProps & { search: InboxSearch }) {
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
      onClose();
      toast.success(t("views.kept", { name: view.name }));
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    keep.mutate({ name: name.trim(), shared, filter: viewFilter(search), sort: search.sort ?? "newest" });
  }
  return (
    <Dialog open onOpenChange={onClose} title={t("views.keep")}>
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
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" variant="primary" disabled={!name.trim() || keep.isPending}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function ManageDialog({ onClose, views }: DialogProps & { views: View[] }) {
  const { t } = useTranslation();
  const canShare = usePermission("settings.write");
  return (
    <Dialog open onOpenChange={onClose} title={t("views.manage")}>
      <ul className="divide-y divide-line">
        {views.map((view) => (
          <ManagedView key={view.id} view={view} mayChange={!view.shared || canShare} />
        ))}
      </ul>
    </Dialog>
  );
}

function ManagedView({ view, mayChange }: { view: View; mayChange: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState<string | null>(null);
  const params = { path: { id: view.id } };
  const onSuccess = () => client.invalidateQueries({ queryKey: VIEWS_KEY });
  const remove = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/views/{id}", { params })),
    onSuccess,
  });
  const rename = useMutation({
    mutationFn: (body: { name: string }) => unwrap(api.PATCH("/api/views/{id}", { params, body })),
    onSuccess: async () => {
      await onSuccess();
      setName(null);
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    const wanted = name?.trim();
    if (!wanted || wanted === view.name) setName(null);
    else rename.mutate({ name: wanted });
  }
  return (
    <li className="flex min-h-12 items-center gap-2 py-2">
      {name === null ? (
        <>
          <span className="min-w-0 flex-1 truncate">{view.name}</span>
          <span className="text-list text-muted">{t(view.shared ? "views.shared" : "views.own")}</span>
          <Button
            size="icon"
            variant="ghost"
            aria-label={t("views.rename", { name: view.name })}
            disabled={!mayChange}
            onClick={() => setName(view.name)}
          >
            <Pencil />
          </Button>
          <Button
            size="icon"
            variant="ghost"
            aria-label={t("views.remove", { name: view.name })}
            disabled={!mayChange || remove.isPending}
            onClick={() => remove.mutate()}
          >
            <Trash2 />
          </Button>
        </>
      ) : (
        <form onSubmit={submit} className="flex flex-1 items-center gap-2">
          <Input
            autoFocus
            required
            maxLength={60}
            aria-label={t("views.name")}
            value={name}
            onChange={(event) => setName(event.target.value)}
            className="h-8"
          />
          <Button size="sm" onClick={() => setName(null)}>
            {t("action.cancel")}
          </Button>
          <Button size="sm" type="submit" variant="primary" disabled={!name.trim() || rename.isPending}>
            {t("action.save")}
          </Button>
        </form>
      )}
    </li>
  );
}
