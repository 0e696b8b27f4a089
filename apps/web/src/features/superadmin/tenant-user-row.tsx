/** Somebody of a tenant, and helping them back in when nobody of the tenant can. */
import { Ellipsis, Link2, ShieldCheck, ShieldOff } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SentLink, User } from "@/api/types";
import { Avatar, Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Menu, MenuItem } from "@/ui/menu";
import { toast } from "@/ui/toast";
import { useRemoveTenantUserTotp, useSendTenantUserLink } from "./queries";

interface TenantUserRowProps {
  tenantId: string;
  user: User;
  /** A link was made that no mail carries. */
  onLink: (sent: SentLink) => void;
}

export function TenantUserRow({ tenantId, user, onLink }: TenantUserRowProps) {
  const { t } = useTranslation();
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2">
      <Avatar name={user.name} seed={user.id} size="sm" />
      <div className="min-w-40 flex-1">
        <p className="truncate font-medium">{user.name}</p>
        <p className="truncate text-list text-muted">{user.email}</p>
      </div>
      <div className="flex flex-wrap items-center gap-2 max-sm:order-last max-sm:w-full max-sm:pl-9">
        {user.second_factor && (
          <Badge>
            <ShieldCheck aria-hidden />
            {t("user.secondFactor")}
          </Badge>
        )}
        {user.status === "inactive" && <Badge tone="warn">{t("user.inactive")}</Badge>}
        {user.status === "invited" && <Badge>{t("sentLink.invited")}</Badge>}
        <Badge>{t(`role.${user.role}`, { defaultValue: user.role })}</Badge>
      </div>
      <TenantUserMenu tenantId={tenantId} user={user} onLink={onLink} />
    </li>
  );
}

function TenantUserMenu({ tenantId, user, onLink }: TenantUserRowProps) {
  const { t } = useTranslation();
  const send = useSendTenantUserLink(tenantId);
  const removeTotp = useRemoveTenantUserTotp(tenantId);
  const [asking, setAsking] = useState(false);
  const sent = (link: SentLink) => {
    if (link.invite_url) onLink(link);
    else toast.success(t("sentLink.mailed", { email: user.email }));
  };
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("action.more", { name: user.name })}>
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem
          disabled={user.status === "inactive"}
          onSelect={() => send.mutate(user.id, { onSuccess: sent })}
        >
          <Link2 />
          {t(user.status === "invited" ? "sentLink.again" : "sentLink.reset")}
        </MenuItem>
        {user.second_factor && (
          <MenuItem onSelect={() => setAsking(true)}>
            <ShieldOff />
            {t("sentLink.removeTotp")}
          </MenuItem>
        )}
      </Menu>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`${t("sentLink.removeTotp")}: ${user.name}`}
        text={t("user.ask.remove-totp")}
        verb={t("sentLink.removeTotp")}
        busy={removeTotp.isPending}
        onConfirm={() =>
          removeTotp.mutate(user.id, {
            onSuccess: () => {
              toast.success(t("toast.saved"));
              setAsking(false);
            },
          })
        }
      />
    </>
  );
}
