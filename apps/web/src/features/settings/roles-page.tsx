/** The team's roles: what each allows, and making, changing, putting back and removing them. */
import { useQuery } from "@tanstack/react-query";
import { CopyPlus, Ellipsis, Pencil, Plus, RotateCcw, ShieldQuestion, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rolesQuery } from "@/api/directory";
import type { NewRole, Role } from "@/api/types";
import { usePermission, useSession } from "@/api/use-session";
import { roleWords } from "@/lib/roles";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/ui/menu";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { RoleForm } from "./role-form";
import { OneRole, RoleMatrix } from "./role-matrix";
import { type Asked, RoleQuestion } from "./role-question";
import { type Reach, useCreateRole, usePatchRole, whyFixed } from "./roles";

/** What is being written: a new role, perhaps after another one, or one that is changed. */
interface Writing {
  from: Role | null;
  isNew: boolean;
}

export function RolesPage() {
  const { t } = useTranslation();
  const canWrite = usePermission("users.write");
  const user = useSession()?.user;
  const roles = useQuery(rolesQuery);
  const [writing, setWriting] = useState<Writing | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  if (!user) return null;
  const actions = (role: Role) =>
    canWrite && <RoleMenu role={role} reach={user} onWrite={setWriting} onAsk={setAsked} />;
  const add = canWrite && (
    <Button variant="primary" onClick={() => setWriting({ from: null, isNew: true })}>
      <Plus aria-hidden />
      {t("roles.create")}
    </Button>
  );
  const items = roles.data?.items ?? [];
  return (
    <Page title={t("roles.title")} text={t(canWrite ? "roles.text" : "roles.readOnly")} actions={add}>
      {roles.isPending || roles.isError || items.length === 0 ? (
        <Card>
          {roles.isPending ? (
            <SkeletonRows rows={8} />
          ) : roles.isError ? (
            <ErrorState error={roles.error} onRetry={() => void roles.refetch()} />
          ) : (
            <EmptyState icon={ShieldQuestion} text={t("roles.empty")} />
          )}
        </Card>
      ) : (
        <>
          <div className="max-sm:hidden">
            <Card>
              <RoleMatrix roles={items} actions={actions} />
            </Card>
          </div>
          <div className="sm:hidden">
            <OneRole roles={items} actions={actions} />
          </div>
        </>
      )}
      {writing && <RoleDialog writing={writing} reach={user} onClose={() => setWriting(null)} />}
      {asked && <RoleQuestion asked={asked} onClose={() => setAsked(null)} />}
    </Page>
  );
}

interface RoleDialogProps {
  writing: Writing;
  reach: Reach;
  onClose: () => void;
}

function RoleDialog({ writing: { from, isNew }, reach, onClose }: RoleDialogProps) {
  const { t } = useTranslation();
  const create = useCreateRole();
  const patch = usePatchRole();
  const done = () => {
    toast.success(t("toast.saved"));
    onClose();
  };
  function save({ key, ...body }: Required<NewRole>): void {
    if (isNew) create.mutate({ key, ...body }, { onSuccess: done });
    else if (from) patch.mutate({ key: from.key, body }, { onSuccess: done });
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={onClose}
      title={
        isNew || !from ? t("roles.create") : t("roles.edit", { name: roleWords(t, from.key, from.name) })
      }
      {...(from && !isNew && from.user_count > 0
        ? { description: t("roles.editText", { count: from.user_count }) }
        : {})}
    >
      <RoleForm
        from={from}
        isNew={isNew}
        reach={reach}
        error={create.error ?? patch.error}
        busy={create.isPending || patch.isPending}
        onSave={save}
        onCancel={onClose}
      />
    </Dialog>
  );
}

interface RoleMenuProps {
  role: Role;
  reach: Reach;
  onWrite: (writing: Writing) => void;
  onAsk: (asked: Asked) => void;
}

function RoleMenu({ role, reach, onWrite, onAsk }: RoleMenuProps) {
  const { t } = useTranslation();
  const why = whyFixed(reach, role);
  return (
    <Menu
      trigger={
        <Button
          variant="ghost"
          size="icon"
          aria-label={t("action.more", { name: roleWords(t, role.key, role.name) })}
        >
          <Ellipsis />
        </Button>
      }
    >
      {why && (
        <>
          <MenuLabel>{t(`roles.why.${why}`)}</MenuLabel>
          <MenuSeparator />
        </>
      )}
      <MenuItem disabled={why !== null} onSelect={() => onWrite({ from: role, isNew: false })}>
        <Pencil />
        {t("action.edit")}
      </MenuItem>
      <MenuItem onSelect={() => onWrite({ from: role, isNew: true })}>
        <CopyPlus />
        {t("roles.duplicate")}
      </MenuItem>
      {role.is_builtin ? (
        !role.is_fixed && (
          <MenuItem
            disabled={why !== null || !role.is_changed}
            onSelect={() => onAsk({ role, what: "reset" })}
          >
            <RotateCcw />
            {t("roles.reset")}
          </MenuItem>
        )
      ) : (
        <MenuItem onSelect={() => onAsk({ role, what: "delete" })}>
          <Trash2 />
          {t("action.delete")}
        </MenuItem>
      )}
    </Menu>
  );
}
