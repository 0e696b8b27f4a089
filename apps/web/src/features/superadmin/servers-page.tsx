/** Servers on which the platform makes companies' databases. */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Ellipsis, Pencil, Plug, Plus, Server, Star, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DatabaseServer } from "@/api/types";
import { problemWords } from "@/lib/problem";
import { formatMoment, localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Dialog } from "@/ui/dialog";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, Notice, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { ServerForm } from "./server-form";
import { serversQuery, useAddServer, usePatchServer, useRemoveServer, useTestServer } from "./servers";

export function ServersPage() {
  const { t } = useTranslation();
  const servers = useQuery(serversQuery);
  const [editing, setEditing] = useState<DatabaseServer | "new" | null>(null);
  const add = (
    <Button variant="primary" onClick={() => setEditing("new")}>
      <Plus aria-hidden />
      {t("servers.add")}
    </Button>
  );
  return (
    <Page title={t("servers.title")} text={t("servers.text")} actions={add}>
      <Card>
        {servers.isPending ? (
          <SkeletonRows rows={3} height="h-20" />
        ) : servers.isError ? (
          <ErrorState error={servers.error} onRetry={() => void servers.refetch()} />
        ) : servers.data.items.length === 0 ? (
          <EmptyState icon={Server} text={t("servers.empty")}>
            {add}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {servers.data.items.map((server) => (
              <ServerRow key={server.id} server={server} onEdit={() => setEditing(server)} />
            ))}
          </ul>
        )}
      </Card>
      {editing && (
        <ServerDialog server={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
      )}
    </Page>
  );
}

function ServerDialog({ server, onClose }: { server: DatabaseServer | null; onClose: () => void }) {
  const { t } = useTranslation();
  const create = useAddServer();
  const patch = usePatchServer();
  const done = {
    onSuccess: () => {
      toast.success(t("toast.saved"));
      onClose();
    },
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={server ? t("servers.edit", { name: server.name }) : t("servers.add")}
      description={t("servers.formText")}
    >
      <ServerForm
        server={server}
        error={create.error ?? patch.error}
        busy={create.isPending || patch.isPending}
        onAdd={(body) => create.mutate(body, done)}
        onChange={(body) => server && patch.mutate({ id: server.id, body }, done)}
        onCancel={onClose}
      />
    </Dialog>
  );
}

function ServerRow({ server, onEdit }: { server: DatabaseServer; onEdit: () => void }) {
  const { t, i18n } = useTranslation();
  const test = useTestServer();
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Server aria-hidden className="size-5 shrink-0 text-muted" />
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            <span className="wrap-anywhere">{server.name}</span>
            {server.is_default && <Badge tone="accent">{t("servers.default")}</Badge>}
          </p>
          <p className="text-list text-muted">
            <span className="font-mono wrap-anywhere">
              {server.host}:{server.port}
            </span>{" "}
            · Postgres {server.server_version} ·{" "}
            {t("servers.since", { when: formatMoment(server.created_at, i18n.language, localZone()) })}
          </p>
        </div>
        <div className="max-sm:order-last max-sm:w-full max-sm:pl-9">
          <Button
            size="sm"
            aria-label={t("servers.testNamed", { name: server.name })}
            busy={test.isPending}
            onClick={() => test.mutate(server.id)}
          >
            <Plug aria-hidden />
            {t(test.isPending ? "database.testing" : "database.test")}
          </Button>
        </div>
        <ServerMenu server={server} onEdit={onEdit} />
      </div>
      {test.error && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(test.error, t)}
        </Notice>
      )}
      {test.data && (
        <Notice tone="ok" icon={CircleCheck}>
          {t("servers.works", { version: test.data.server_version, ms: test.data.latency_ms })}
        </Notice>
      )}
    </li>
  );
}

function ServerMenu({ server, onEdit }: { server: DatabaseServer; onEdit: () => void }) {
  const { t } = useTranslation();
  const patch = usePatchServer(false);
  const remove = useRemoveServer();
  const [removing, setRemoving] = useState(false);
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("action.more", { name: server.name })}>
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem onSelect={onEdit}>
          <Pencil />
          {t("action.edit")}
        </MenuItem>
        {!server.is_default && (
          <MenuItem
            onSelect={() =>
              patch.mutate(
                { id: server.id, body: { is_default: true } },
                { onSuccess: () => toast.success(t("toast.saved")) },
              )
            }
          >
            <Star />
            {t("servers.makeDefault")}
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem onSelect={() => setRemoving(true)}>
          <Trash2 />
          {t("servers.remove")}
        </MenuItem>
      </Menu>
      <Confirm
        open={removing}
        onOpenChange={setRemoving}
        title={`${t("servers.remove")}: ${server.name}`}
        text={t("servers.removeText")}
        verb={t("servers.remove")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(server.id, { onSuccess: () => setRemoving(false) })}
      />
    </>
  );
}
