/** People of a tenant: who they are, what they may do, whether they may enter. */
import { useQuery } from "@tanstack/react-query";
import { Ellipsis, KeyRound, UserPlus, UserRoundCheck, UserRoundX, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { usersQuery } from "@/api/directory";
import type { TenantRole, User } from "@/api/types";
import { usePermission, useSession } from "@/api/use-session";
import { formatFull, localZone } from "@/lib/time";
import { Avatar, Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select } from "@/ui/field";
import { Menu, MenuItem } from "@/ui/menu";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { ROLES, UserForm } from "@/ui/user-form";
import { PasswordDialog } from "./password-dialog";
import { useCreateUser, usePatchUser } from "./queries";

export function UsersPage() {
  const { t } = useTranslation();
  const canWrite = usePermission("users.write");
  const users = useQuery(usersQuery);
  const create = useCreateUser();
  const [adding, setAdding] = useState(false);
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
              <UserRow key={user.id} user={user} canWrite={canWrite} />
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
              },
            })
          }
        />
      </Dialog>
    </Page>
  );
}

function UserRow({ user, canWrite }: { user: User; canWrite: boolean }) {
  const { t, i18n } = useTranslation();
  const me = useSession()?.user.id;
  const patch = usePatchUser();
  const [password, setPassword] = useState(false);
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
      {canWrite && user.id !== me ? (
        <>
          <Select
            aria-label={t("user.roleOf", { name: user.name })}
            className="h-8 w-36"
            value={user.role}
            disabled={patch.isPending}
            onChange={(event) =>
              patch.mutate({ id: user.id, body: { role: event.target.value as TenantRole } }, saved)
            }
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {t(`role.${role}`)}
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
            <MenuItem onSelect={() => patch.mutate({ id: user.id, body: { is_active: !active } }, saved)}>
              {active ? <UserRoundX /> : <UserRoundCheck />}
              {t(active ? "user.deactivate" : "user.activate")}
            </MenuItem>
          </Menu>
        </>
      ) : (
        <Badge>{t(`role.${user.role}`)}</Badge>
      )}
      <PasswordDialog user={user} open={password} onOpenChange={setPassword} />
    </li>
  );
}
