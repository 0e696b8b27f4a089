/** The owner chip: take, hand over, release. */
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Hand, UserRound, UserRoundX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { usersQuery } from "@/api/directory";
import type { Conversation } from "@/api/types";
import { usePermission, useSession } from "@/api/use-session";
import { Avatar } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/ui/menu";
import { useOnline } from "./presence";
import { usePatchConversation } from "./queries";

export function AssignMenu({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const canWrite = usePermission("chat.write");
  const me = useSession()?.user;
  const { data: users } = useQuery({ ...usersQuery, enabled: canWrite });
  const patch = usePatchConversation();
  const online = useOnline();
  const owner = conversation.assignee;
  const assign = (id: string | null) => patch.mutate({ conversation, value: { assignee_id: id } });
  const label = owner ? (owner.id === me?.id ? t("owner.me") : owner.name) : t("owner.nobody");
  if (!canWrite) {
    return (
      <span className="inline-flex items-center gap-1.5 text-list text-muted">
        <UserRound aria-hidden className="size-4" />
        {label}
      </span>
    );
  }
  const others = (users?.items ?? []).filter((user) => user.is_active !== false && user.id !== me?.id);
  return (
    <Menu
      trigger={
        <Button
          size="sm"
          data-hotkey="assign"
          aria-label={t("owner.chip", { name: label })}
          className="max-w-44"
        >
          <UserRound aria-hidden />
          <span className="truncate">{label}</span>
          <ChevronDown aria-hidden className="text-muted" />
        </Button>
      }
    >
      {owner?.id !== me?.id && (
        <MenuItem onSelect={() => assign(me?.id ?? null)}>
          <Hand />
          {t("owner.take")}
        </MenuItem>
      )}
      {owner && (
        <MenuItem onSelect={() => assign(null)}>
          <UserRoundX />
          {t("owner.release")}
        </MenuItem>
      )}
      {others.length > 0 && (
        <>
          <MenuSeparator />
          <MenuLabel>{t("owner.assignTo")}</MenuLabel>
          {others.map((user) => (
            <MenuItem key={user.id} disabled={user.id === owner?.id} onSelect={() => assign(user.id)}>
              <Avatar name={user.name} seed={user.id} size="sm" />
              <span className="min-w-0 flex-1 truncate">{user.name}</span>
              {online.has(user.id) && (
                <span className="flex items-center gap-1 text-xs text-ok">
                  <span aria-hidden className="size-2 rounded-full bg-ok" />
                  {t("presence.online")}
                </span>
              )}
              <span className="text-xs text-muted">
                {t(`role.${user.role}`, { defaultValue: user.role })}
              </span>
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  );
}
