/** Ways to look at the list that were kept under a name: one's own and the team's. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, BookmarkPlus, Trash2, Users } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "@/api/client";
import type { NewView, View } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Check, Field, Input } from "@/ui/field";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/ui/menu";
import { toast } from "@/ui/toast";
import { type InboxSearch, searchOfView, viewFilter } from "./filters";
import { VIEWS_KEY } from "./keys";
import { viewsQuery } from "./queries";

interface ViewsProps {
  search: InboxSearch;
  onChange: (change: Partial<InboxSearch>) => void;
}

export function ViewsMenu({ search, onChange }: ViewsProps) {
  const { t } = useTranslation();
  const [keeping, setKeeping] = useState(false);
  const [managing, setManaging] = useState(false);
  const { data } = useQuery(viewsQuery);
  const views = data?.items ?? [];
  const groups = [
    { heading: "views.shared", list: views.filter((view) => view.shared) },
    { heading: "views.own", list: views.filter((view) => !view.shared) },
  ].filter((group) => group.list.length > 0);
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("views.title")}>
            <Bookmark />
          </Button>
        }
      >
        {groups.map(({ heading, list }) => (
          <div key={heading}>
            <MenuLabel>{t(heading)}</MenuLabel>
            {list.map((view) => (
              <MenuItem key={view.id} onSelect={() => onChange(searchOfView(view))}>
                {view.shared ? <Users /> : <Bookmark />}
                <span className="truncate">{view.name}</span>
              </MenuItem>
            ))}
          </div>
        ))}
        {groups.length > 0 && <MenuSeparator />}
        <MenuItem onSelect={() => setKeeping(true)}>
          <BookmarkPlus />
          {t("views.keep")}
        </MenuItem>
        {groups.length > 0 && (
          <MenuItem onSelect={() => setManaging(true)}>
            <Trash2 />
            {t("views.manage")}
          </MenuItem>
        )}
      </Menu>
      <KeepDialog open={keeping} onOpenChange={setKeeping} search={search} />
      <ManageDialog open={managing} onOpenChange={setManaging} views={views} />
    </>
  );
}

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function KeepDialog({ open, onOpenChange, search }: DialogProps & { search: InboxSearch }) {
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

function ManageDialog({ open, onOpenChange, views }: DialogProps & { views: View[] }) {
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
