/** People of a tenant, read from its own database. */
import { useQuery } from "@tanstack/react-query";
import { Database, UserPlus, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SentLink } from "@/api/types";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { LinkDialog } from "@/ui/link-dialog";
import { Card } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { UserForm } from "@/ui/user-form";
import { tenantUsersQuery, useCreateTenantUser } from "./queries";
import { TenantUserRow } from "./tenant-user-row";

/** Those that every company begins with; the ones of its own are its own business. */
const ROLES = ["admin", "recepcion", "caja", "marketing", "doctor"];

export function UsersTab({ tenantId }: { tenantId: string }) {
  const { t } = useTranslation();
  const users = useQuery(tenantUsersQuery(tenantId));
  const create = useCreateTenantUser(tenantId);
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<{ name: string; sent: SentLink } | null>(null);
  const add = (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <UserPlus aria-hidden />
      {t("user.create")}
    </Button>
  );
  const noDatabase =
    users.isError && ["database_not_attached", "tenant_not_ready"].includes(asProblem(users.error).code);
  return (
    <div className="grid grid-cols-1 gap-4">
      {users.data && users.data.items.length > 0 && <div className="justify-self-end">{add}</div>}
      <Card>
        {users.isPending ? (
          <SkeletonRows />
        ) : noDatabase ? (
          <EmptyState icon={Database} text={t("tenant.usersNeedDatabase")} />
        ) : users.isError ? (
          <ErrorState error={users.error} onRetry={() => void users.refetch()} />
        ) : users.data.items.length === 0 ? (
          <EmptyState icon={Users} text={t("tenant.noUsers")}>
            {add}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {users.data.items.map((user) => (
              <TenantUserRow
                key={user.id}
                tenantId={tenantId}
                user={user}
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
          roles={ROLES.map((key) => ({ key, words: t(`role.${key}`) }))}
          firstRole="admin"
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
    </div>
  );
}
