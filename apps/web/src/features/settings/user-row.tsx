/** Somebody of the team: the role, and what can be done about their access. */
import {
  Ellipsis,
  KeyRound,
  Link2,
  LogOut,
  ShieldCheck,
  ShieldOff,
  UserRoundCheck,
  UserRoundX,
} from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SentLink, User } from "@/api/types";
import { useSession } from "@/api/use-session";
import { formatFull, localZone } from "@/lib/time";
import { Avatar, Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Select } from "@/ui/field";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/ui/menu";
import { toast } from "@/ui/toast";
import { type RoleChoice, RoleOptions } from "@/ui/user-form";
import { PasswordDialog } from "./password-dialog";
import { useEndSessions, usePatchUser, useRemoveTotp, useSendLink } from "./queries";

interface UserRowProps {
  user: User;
  roles: RoleChoice[];
  canWrite: boolean;
  /** A link was made that no mail carries. */
  onLink: (sent: SentLink) => void;
}

export function UserRow({ user, roles, canWrite, onLink }: UserRowProps) {
  const { t, i18n } = useTranslation();
  const me = useSession()?.user.id;
  const patch = usePatchUser();
  const role = roles.find((one) => one.key === user.role);
  const words = role?.words ?? t(`role.${user.role}`, { defaultValue: user.role });
  // Whoever has more than oneself is left alone: the server refuses every change.
  const mayChange = canWrite && user.id !== me && role?.why === undefined;
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
      <div className="flex flex-wrap items-center gap-2 max-sm:order-last max-sm:w-full max-sm:pl-14 sm:gap-x-4">
        <Marks user={user} />
        {mayChange ? (
          <Select
            aria-label={t("user.roleOf", { name: user.name })}
            className="h-8 w-44"
            value={user.role}
            disabled={patch.isPending}
            onChange={(event) =>
              patch.mutate(
                { id: user.id, body: { role: event.target.value } },
                { onSuccess: () => toast.success(t("toast.saved")) },
              )
            }
          >
            <RoleOptions roles={role ? roles : [...roles, { key: user.role, words }]} />
          </Select>
        ) : (
          <Badge>{words}</Badge>
        )}
      </div>
      {mayChange && <UserMenu user={user} onLink={onLink} />}
    </li>
  );
}

function Marks({ user }: { user: User }) {
  const { t } = useTranslation();
  return (
    <>
      {user.second_factor && (
        <Badge>
          <ShieldCheck aria-hidden />
          {t("user.secondFactor")}
        </Badge>
      )}
      {user.status === "inactive" && <Badge tone="warn">{t("user.inactive")}</Badge>}
      {user.status === "invited" && <Badge>{t("sentLink.invited")}</Badge>}
    </>
  );
}

type Asked = "end-sessions" | "remove-totp" | "deactivate";

function UserMenu({ user, onLink }: { user: User; onLink: (sent: SentLink) => void }) {
  const { t } = useTranslation();
  const patch = usePatchUser();
  const endSessions = useEndSessions();
  const removeTotp = useRemoveTotp();
  const send = useSendLink((sent) => {
    if (sent.invite_url) onLink(sent);
    else toast.success(t("sentLink.mailed", { email: user.email }));
  });
  const [password, setPassword] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const invited = user.status === "invited";
  const active = user.status !== "inactive";
  const done = {
    onSuccess: () => {
      toast.success(t("toast.saved"));
      setAsked(null);
    },
  };
  const doIt: Record<Asked, () => void> = {
    "end-sessions": () => endSessions.mutate(user.id, done),
    "remove-totp": () => removeTotp.mutate(user.id, done),
    deactivate: () => patch.mutate({ id: user.id, body: { is_active: false } }, done),
  };
  const verbs: Record<Asked, string> = {
    "end-sessions": t("sentLink.endSessions"),
    "remove-totp": t("sentLink.removeTotp"),
    deactivate: t("user.deactivate"),
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
        {!active && (
          <>
            <MenuLabel>{t("user.inactiveHint")}</MenuLabel>
            <MenuSeparator />
          </>
        )}
        <MenuItem disabled={!active} onSelect={() => send.mutate({ id: user.id, invited })}>
          <Link2 />
          {t(invited ? "sentLink.again" : "sentLink.reset")}
        </MenuItem>
        <MenuItem onSelect={() => setPassword(true)}>
          <KeyRound />
          {t("user.setPassword")}
        </MenuItem>
        {active && !invited && (
          <MenuItem onSelect={() => setAsked("end-sessions")}>
            <LogOut />
            {t("sentLink.endSessions")}
          </MenuItem>
        )}
        {user.second_factor && (
          <MenuItem onSelect={() => setAsked("remove-totp")}>
            <ShieldOff />
            {t("sentLink.removeTotp")}
          </MenuItem>
        )}
        {active ? (
          <MenuItem onSelect={() => setAsked("deactivate")}>
            <UserRoundX />
            {t("user.deactivate")}
          </MenuItem>
        ) : (
          <MenuItem onSelect={() => patch.mutate({ id: user.id, body: { is_active: true } }, done)}>
            <UserRoundCheck />
            {t("user.activate")}
          </MenuItem>
        )}
      </Menu>
      <PasswordDialog user={user} open={password} onOpenChange={setPassword} />
      {asked && (
        <Confirm
          open
          onOpenChange={() => setAsked(null)}
          title={`${verbs[asked]}: ${user.name}`}
          text={t(`user.ask.${asked}`)}
          verb={verbs[asked]}
          busy={endSessions.isPending || removeTotp.isPending || patch.isPending}
          onConfirm={doIt[asked]}
        />
      )}
    </>
  );
}
