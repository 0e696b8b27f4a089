/** People of a tenant: who they are, what they may do, whether they may enter. */
import { useQuery } from "@tanstack/react-query";
import {
  Ellipsis,
  KeyRound,
  Link2,
  LogOut,
  ShieldOff,
  UserPlus,
  UserRoundCheck,
  UserRoundX,
  Users,
} from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { usersQuery } from "@/api/directory";
import type { SentLink, User } from "@/api/types";
import { usePermission, useSession } from "@/api/use-session";
import { formatFull, localZone } from "@/lib/time";
import { Avatar, Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select } from "@/ui/field";
import { LinkDialog } from "@/ui/link-dialog";
import { Menu, MenuItem } from "@/ui/menu";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { ROLES, UserForm } from "@/ui/user-form";
import { PasswordDialog } from "./password-dialog";
import { useCreateUser, useEndSessions, usePatchUser, useRemoveTotp, useSendLink } from "./queries";

export function UsersPage() {
  const { t } = useTranslation();
  const canWrite = usePermission("users.write");
  const users = useQuery(usersQuery);
  const create = useCreateUser();
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<{ name: string; sent: SentLink } | null>(null);
  const add = canWrite && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <UserPlus aria-hidden />
      {t("user.create")}
    </Button>
  );
  return (
    <Page title={t("settings.users.title")} text={t("settings.users.text")} actions={add}>
      <Card>
        {users.isPending ? (
          <SkeletonRows height="h-16" />
        ) : users.isError ? (
          <ErrorState error={users.error} onRetry={() => void users.refetch()} />
        ) : users.data.items.length === 0 ? (
          <EmptyState icon={Users} text={t("settings.users.empty")}>
            {add}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {users.data.items.map((user) => (
              <UserRow
                key={user.id}
                user={user}
                canWrite={canWrite}
                onLink={(sent) => setLink({ name: user.name, sent })}
              />
            ))}
          </ul>
        )}
      </Card>
      <Dialog open={adding} onOpenChange={setAdding} title={t("user.create")}>
        <UserForm
          error={create.error}
          busy={create.isPending}
          firstRole="recepcion"
          onCancel={() => setAdding(false)}
          onSubmit={(body) =>
            create.mutate(body, {
              onSuccess: (user) => {
                setAdding(false);
                toast.success(t("toast.userCreated", { name: user.name }));
                if (user.invitation?.invite_url) setLink({ name: user.name, sent: user.invitation });
              },
            })
          }
        />
      </Dialog>
      <LinkDialog link={link} onClose={() => setLink(null)} />
    </Page>
  );
}

interface UserRowProps {
  user: User;
  canWrite: boolean;
  /** A link was made that no mail carries. */
  onLink: (sent: SentLink) => void;
}

function UserRow({ user, canWrite, onLink }: UserRowProps) {
  const { t, i18n } = useTranslation();
  const me = useSession()?.user.id;
  const patch = usePatchUser();
  const [password, setPassword] = useState(false);
  const send = useSendLink((sent) => {
    if (sent.invite_url) onLink(sent);
    else toast.success(t("sentLink.mailed", { email: user.email }));
  });
  const done = { onSuccess: () => toast.success(t("toast.saved")) };
  const endSessions = useEndSessions();
  const removeTotp = useRemoveTotp();
  const invited = user.status === "invited";
  const active = user.is_active !== false;
  const saved = { onSuccess: () => toast.success(t("toast.saved")) };
  return (
    <li className="flex min-h-16 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
      <Avatar name={user.name} seed={user.id} />
      <div className="min-w-40 flex-1">
        <p className="truncate font-medium">
          {user.name} {user.id === me && <span className="text-muted">({t("owner.me")})</span>}
        </p>
        <p className="truncate text-list text-muted">{user.email}</p>
      </div>
      <p className="text-list text-muted max-md:hidden">
        {user.last_login_at
          ? t("user.lastLogin", { when: formatFull(user.last_login_at, i18n.language, localZone()) })
          : t("user.neverIn")}
      </p>
      {!active && <Badge tone="warn">{t("user.inactive")}</Badge>}
      {invited && <Badge>{t("sentLink.invited")}</Badge>}
      {canWrite && user.id !== me ? (
        <>
          <Select
            aria-label={t("user.roleOf", { name: user.name })}
            className="h-8 w-36"
            value={user.role}
            disabled={patch.isPending}
            onChange={(event) => patch.mutate({ id: user.id, body: { role: event.target.value } }, saved)}
          >
            {[...new Set<string>([...ROLES, user.role])].map((role) => (
              <option key={role} value={role}>
                {t(`role.${role}`, { defaultValue: role })}
              </option>
            ))}
          </Select>
          <Menu
            trigger={
              <Button variant="ghost" size="icon" aria-label={t("action.more", { name: user.name })}>
                <Ellipsis />
              </Button>
            }
          >
            <MenuItem onSelect={() => setPassword(true)}>
              <KeyRound />
              {t("user.setPassword")}
            </MenuItem>
            {active && (
              <MenuItem onSelect={() => send.mutate({ id: user.id, invited })}>
                <Link2 />
                {t(invited ? "sentLink.again" : "sentLink.reset")}
              </MenuItem>
            )}
            <MenuItem onSelect={() => endSessions.mutate(user.id, done)}>
              <LogOut />
              {t("sentLink.endSessions")}
            </MenuItem>
            {user.second_factor && (
              <MenuItem onSelect={() => removeTotp.mutate(user.id, done)}>
                <ShieldOff />
                {t("sentLink.removeTotp")}
              </MenuItem>
            )}
            <MenuItem onSelect={() => patch.mutate({ id: user.id, body: { is_active: !active } }, saved)}>
              {active ? <UserRoundX /> : <UserRoundCheck />}
              {t(active ? "user.deactivate" : "user.activate")}
            </MenuItem>
          </Menu>
        </>
      ) : (
        <Badge>{t(`role.${user.role}`, { defaultValue: user.role })}</Badge>
      )}
      <PasswordDialog user={user} open={password} onOpenChange={setPassword} />
    </li>
  );
}
