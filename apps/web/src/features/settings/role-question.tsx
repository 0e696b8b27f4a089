/** Asks before a role is put back or removed, and says what becomes of whoever has it. */
import { useTranslation } from "react-i18next";
import type { Role } from "@/api/types";
import { roleWords } from "@/lib/roles";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Dialog, DialogActions } from "@/ui/dialog";
import { toast } from "@/ui/toast";
import { useDeleteRole, useResetRole } from "./roles";

export interface Asked {
  role: Role;
  what: "reset" | "delete";
}

export function RoleQuestion({ asked: { role, what }, onClose }: { asked: Asked; onClose: () => void }) {
  const { t } = useTranslation();
  const reset = useResetRole();
  const remove = useDeleteRole();
  const name = roleWords(t, role.key, role.name);
  const done = {
    onSuccess: () => {
      toast.success(t(what === "reset" ? "roles.wasReset" : "roles.wasDeleted", { name }));
      onClose();
    },
  };
  // The server refuses it as long as somebody has the role.
  if (what === "delete" && role.user_count > 0) {
    return (
      <Dialog open onOpenChange={onClose} title={t("roles.deleteTitle", { name })}>
        <p>{t("roles.inUse", { count: role.user_count })}</p>
        <DialogActions>
          <Button variant="primary" onClick={onClose}>
            {t("roles.understood")}
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return what === "reset" ? (
    <Confirm
      open
      onOpenChange={onClose}
      title={t("roles.resetTitle", { name })}
      text={t("roles.resetText", { count: role.user_count })}
      verb={t("roles.reset")}
      busy={reset.isPending}
      onConfirm={() => reset.mutate(role.key, done)}
    />
  ) : (
    <Confirm
      open
      onOpenChange={onClose}
      title={t("roles.deleteTitle", { name })}
      text={t("roles.deleteText")}
      verb={t("action.delete")}
      busy={remove.isPending}
      onConfirm={() => remove.mutate(role.key, done)}
    />
  );
}
