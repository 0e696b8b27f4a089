/** Lines of a tenant: add, change, retire; and the address Meta has to call. */
import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Pencil, Phone, Plus, Power, Star, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlatformChannel } from "@/api/types";
import { localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Copy } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { LinePanel } from "@/ui/line-panel";
import { LineHeadline, LineState } from "@/ui/line-report";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { Card } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { LineForm } from "./line-form";
import { LineReportPanel } from "./line-report";
import { linesQuery, platformQuery, useAddLine, useDeleteLine, usePatchLine } from "./queries";

export function LinesTab({ tenantId }: { tenantId: string }) {
  const { t } = useTranslation();
  const lines = useQuery(linesQuery(tenantId));
  const { data: platform } = useQuery(platformQuery);
  const add = useAddLine();
  const patch = usePatchLine(true);
  const [editing, setEditing] = useState<PlatformChannel | "new" | null>(null);
  const close = () => {
    setEditing(null);
    add.reset();
    patch.reset();
  };
  const done = {
    onSuccess: () => {
      toast.success(t("toast.saved"));
      close();
    },
  };
  const addButton = (
    <Button variant="primary" onClick={() => setEditing("new")}>
      <Plus aria-hidden />
      {t("line.add")}
    </Button>
  );
  return (
    <div className="grid grid-cols-1 gap-4">
      {platform && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-md border border-line bg-surface px-4 py-3">
          <div className="min-w-0 flex-1">
            <p className="font-medium">{t("line.webhook")}</p>
            <Copy value={platform.webhook_url} />
          </div>
          {addButton}
        </div>
      )}
      <Card>
        {lines.isPending ? (
          <SkeletonRows rows={3} height="h-20" />
        ) : lines.isError ? (
          <ErrorState error={lines.error} onRetry={() => void lines.refetch()} />
        ) : lines.data.items.length === 0 ? (
          <EmptyState icon={Phone} text={t("line.empty")}>
            {addButton}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {lines.data.items.map((line) => (
              <LineRow key={line.id} line={line} onEdit={() => setEditing(line)} />
            ))}
          </ul>
        )}
      </Card>
      <Dialog
        wide
        open={editing !== null}
        onOpenChange={(open) => !open && close()}
        title={editing === "new" || !editing ? t("line.add") : t("line.edit", { name: editing.display_name })}
      >
        {editing && (
          <LineForm
            tenantId={tenantId}
            line={editing === "new" ? null : editing}
            error={add.error ?? patch.error}
            busy={add.isPending || patch.isPending}
            onCancel={close}
            onSubmit={(body) =>
              editing === "new"
                ? add.mutate({ tenantId, body }, done)
                : patch.mutate({ id: editing.id, body }, done)
            }
          />
        )}
      </Dialog>
    </div>
  );
}

function LineRow({ line, onEdit }: { line: PlatformChannel; onEdit: () => void }) {
  const { t } = useTranslation();
  const patch = usePatchLine();
  const remove = useDeleteLine();
  const [asking, setAsking] = useState(false);
  const saved = { onSuccess: () => toast.success(t("toast.saved")) };
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-48 flex-1">
        <p className="font-medium">{line.display_name}</p>
        <p className="tabular text-list text-muted">{line.display_phone_number}</p>
        <Copy value={line.phone_number_id} className="text-xs" />
      </div>
      <span className="flex flex-wrap gap-1.5">
        {line.is_default && <Badge tone="accent">{t("line.default")}</Badge>}
        <Badge tone={line.is_active ? "ok" : "warn"}>
          {t(line.is_active ? "line.active" : "line.inactive")}
        </Badge>
        {!line.has_token && <Badge tone="bad">{t("line.withoutToken")}</Badge>}
        {line.app_id && <Badge>{t("apps.own")}</Badge>}
        {line.warnings.includes("app_without_secret") && <Badge tone="bad">{t("apps.secretMissing")}</Badge>}
        {!line.has_app_secret && !line.app_id && <Badge tone="warn">{t("line.withoutSecret")}</Badge>}
        {line.is_active && <LineState state={line.health.state} />}
      </span>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("action.more", { name: line.display_name })}>
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem onSelect={onEdit}>
          <Pencil />
          {t("action.edit")}
        </MenuItem>
        {!line.is_default && (
          <MenuItem onSelect={() => patch.mutate({ id: line.id, body: { is_default: true } }, saved)}>
            <Star />
            {t("line.makeDefault")}
          </MenuItem>
        )}
        <MenuItem onSelect={() => patch.mutate({ id: line.id, body: { is_active: !line.is_active } }, saved)}>
          <Power />
          {t(line.is_active ? "line.deactivate" : "line.activate")}
        </MenuItem>
        <MenuSeparator />
        <MenuItem className="text-bad" onSelect={() => setAsking(true)}>
          <Trash2 />
          {t("action.delete")}
        </MenuItem>
      </Menu>
      <LinePanel
        name={line.display_name}
        headline={line.is_active && <LineHeadline health={line.health} timeZone={localZone()} />}
      >
        <LineReportPanel lineId={line.id} />
      </LinePanel>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("line.delete", { name: line.display_name })}
        text={t("line.deleteText")}
        verb={t("action.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(line.id, { ...saved, onSettled: () => setAsking(false) })}
      />
    </li>
  );
}
