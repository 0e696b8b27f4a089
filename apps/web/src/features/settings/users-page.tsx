/** People of a tenant: who they are, what they may do, whether they may enter. */
import { useQuery } from "@tanstack/react-query";
import { UserPlus, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rolesQuery, usersQuery } from "@/api/directory";
import type { SentLink } from "@/api/types";
import { usePermission, useSession } from "@/api/use-session";
import { roleWords } from "@/lib/roles";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { LinkDialog } from "@/ui/link-dialog";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { type RoleChoice, UserForm } from "@/ui/user-form";
import { useCreateUser } from "./queries";
import { covers } from "./roles";
import { UserRow } from "./user-row";

export function UsersPage() {
  const { t } = useTranslation();
  const canWrite = usePermission("users.write");
  const reach = useSession()?.user;
  const users = useQuery(usersQuery);
  const roles = useQuery(rolesQuery);
  const create = useCreateUser();
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<{ name: string; sent: SentLink } | null>(null);
  const choices = (roles.data?.items ?? []).map((role): RoleChoice => {
    const mayGive = reach !== undefined && covers(reach, role);
    const words = roleWords(t, role.key, role.name);
    return { key: role.key, words, why: mayGive ? undefined : t("user.beyond") };
  });
  const firstRole =
    choices.find((role) => role.key === "recepcion" && !role.why) ?? choices.find((r) => !r.why);
  const add = canWrite && (
    <Button variant="primary" disabled={!roles.data} onClick={() => setAdding(true)}>
      <UserPlus aria-hidden />
      {t("user.create")}
    </Button>
  );
  return (
    <Page title={t("settings.users.title")} text={t("settings.users.text")} actions={add}>
      <Card>
        {users.isPending || roles.isPending ? (
          <SkeletonRows height="h-16" />
        ) : users.isError || roles.isError ? (
          <ErrorState
            error={users.error ?? roles.error}
            onRetry={() => {
              void users.refetch();
              void roles.refetch();
            }}
          />
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
                roles={choices}
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
          roles={choices}
          firstRole={firstRole?.key ?? ""}
          onCancel={() => setAdding(false)}
          onSubmit={(body) =>
            create.mutate(body, {
              onSuccess: (user) => {
                setAdding(false);
                const told = user.invitation ? "toast.userInvited" : "toast.userCreated";
                toast.success(t(told, { name: user.name }));
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
