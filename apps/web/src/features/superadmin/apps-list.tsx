/** Apps at Meta with a callback URL of their own: added, changed, and what to paste at Meta. */
import { useQuery } from "@tanstack/react-query";
import { Blocks, Ellipsis, KeyRound, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MetaApp } from "@/api/types";
import { formatMoment, localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Copy } from "@/ui/copy";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { Card } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { AppForm } from "./app-form";
import { appsQuery, useCreateApp, useDeleteApp, usePatchApp, useRenewVerifyToken } from "./platform-queries";
import { tenantsQuery } from "./queries";

/** What has to be pasted at Meta, while the token can still be shown. */
interface Shown {
  callback: string;
  verifyToken: string;
}

export function AppsList({ tenantId }: { tenantId?: string }) {
  const { t } = useTranslation();
  const apps = useQuery(appsQuery(tenantId));
  const tenants = useQuery(tenantsQuery(""));
  const create = useCreateApp();
  const patch = usePatchApp();
  const [editing, setEditing] = useState<MetaApp | "new" | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const close = () => {
    setEditing(null);
    create.reset();
    patch.reset();
  };
  const nameOf = (id: string) => tenants.data?.items.find((tenant) => tenant.id === id)?.name ?? id;
  const add = (
    <Button variant="primary" onClick={() => setEditing("new")}>
      <Plus aria-hidden />
      {t("apps.add")}
    </Button>
  );
  return (
    <div className="grid gap-3">
      <div className="flex justify-end">{add}</div>
      <Card>
        {apps.isPending ? (
          <SkeletonRows rows={3} height="h-20" />
        ) : apps.isError ? (
          <ErrorState error={apps.error} onRetry={() => void apps.refetch()} />
        ) : apps.data.items.length === 0 ? (
          <EmptyState icon={Blocks} text={t("apps.empty")} />
        ) : (
          <ul className="divide-y divide-line">
            {apps.data.items.map((app) => (
              <AppRow
                key={app.id}
                app={app}
                owner={app.tenant_id ? nameOf(app.tenant_id) : t("apps.anybody")}
                onEdit={() => setEditing(app)}
                onToken={(verifyToken) => setShown({ callback: app.callback_url, verifyToken })}
              />
            ))}
          </ul>
        )}
      </Card>
      <Dialog
        open={editing !== null}
        onOpenChange={(open) => !open && close()}
        title={editing === "new" || !editing ? t("apps.add") : t("apps.edit", { name: editing.name })}
      >
        {editing && (
          <AppForm
            app={editing === "new" ? null : editing}
            tenantId={tenantId}
            tenants={tenants.data?.items ?? []}
            error={create.error ?? patch.error}
            busy={create.isPending || patch.isPending}
            onCancel={close}
            onCreate={(body) =>
              create.mutate(body, {
                onSuccess: (made) => {
                  close();
                  if (made.verify_token) {
                    setShown({ callback: made.app.callback_url, verifyToken: made.verify_token });
                  }
                },
              })
            }
            onChange={(body) =>
              editing !== "new" &&
              patch.mutate(
                { id: editing.id, body },
                {
                  onSuccess: () => {
                    toast.success(t("toast.saved"));
                    close();
                  },
                },
              )
            }
          />
        )}
      </Dialog>
      {shown && <PasteDialog shown={shown} onClose={() => setShown(null)} />}
    </div>
  );
}

function PasteDialog({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("apps.paste")}
      description={t("apps.pasteText")}
    >
      <dl className="grid gap-3">
        <div>
          <dt className="text-list font-medium">Callback URL</dt>
          <dd>
            <Copy value={shown.callback} />
          </dd>
        </div>
        <div>
          <dt className="text-list font-medium">Verify token</dt>
          <dd>
            <Copy value={shown.verifyToken} />
          </dd>
        </div>
      </dl>
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          {t("apps.pasted")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface AppRowProps {
  app: MetaApp;
  owner: string;
  onEdit: () => void;
  onToken: (verifyToken: string) => void;
}

function AppRow({ app, owner, onEdit, onToken }: AppRowProps) {
  const { t, i18n } = useTranslation();
  const remove = useDeleteApp();
  const renew = useRenewVerifyToken();
  const [asking, setAsking] = useState<"delete" | "renew" | null>(null);
  const when = (at: string) => formatMoment(at, i18n.language, localZone());
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{app.name}</p>
        <p className="text-list text-muted">
          {owner}
          {app.meta_app_id && <span className="font-mono"> · {app.meta_app_id}</span>}
        </p>
        <Copy value={app.callback_url} className="text-xs" />
      </div>
      <span className="flex flex-wrap gap-1.5">
        <Badge>{t("tenants.lines", { count: app.channels_count })}</Badge>
        <Badge tone={app.has_app_secret ? "ok" : "bad"}>
          {t(app.has_app_secret ? "apps.secretSet" : "apps.secretMissing")}
        </Badge>
        {app.previous_secret_until && (
          <Badge>{t("apps.previousUntil", { when: when(app.previous_secret_until) })}</Badge>
        )}
        <Badge tone={app.handshake_at ? "ok" : "warn"}>
          {app.handshake_at ? t("apps.verified", { when: when(app.handshake_at) }) : t("apps.unverified")}
        </Badge>
      </span>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("action.more", { name: app.name })}>
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem onSelect={onEdit}>
          <Pencil />
          {t("action.edit")}
        </MenuItem>
        <MenuItem onSelect={() => setAsking("renew")}>
          <KeyRound />
          {t("apps.renew")}
        </MenuItem>
        <MenuSeparator />
        <MenuItem className="text-bad" onSelect={() => setAsking("delete")}>
          <Trash2 />
          {t("action.delete")}
        </MenuItem>
      </Menu>
      <Confirm
        open={asking === "delete"}
        onOpenChange={() => setAsking(null)}
        title={t("apps.delete", { name: app.name })}
        text={t("apps.deleteText")}
        verb={t("action.delete")}
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(app.id, {
            onSuccess: () => toast.success(t("toast.saved")),
            onSettled: () => setAsking(null),
          })
        }
      />
      <Confirm
        open={asking === "renew"}
        onOpenChange={() => setAsking(null)}
        title={t("apps.renew")}
        text={t("apps.renewText")}
        verb={t("apps.renew")}
        busy={renew.isPending}
        onConfirm={() =>
          renew.mutate(app.id, {
            onSuccess: (made) => onToken(made.verify_token),
            onSettled: () => setAsking(null),
          })
        }
      />
    </li>
  );
}
