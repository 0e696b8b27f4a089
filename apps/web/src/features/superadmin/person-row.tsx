/** A SuperAdmin, and what can be done about their access. */
import {
  Ellipsis,
  Link2,
  Pencil,
  ShieldAlert,
  ShieldCheck,
  ShieldOff,
  UserRoundCheck,
  UserRoundX,
} from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SentLink, Superadmin } from "@/api/types";
import { useSession } from "@/api/use-session";
import { fieldErrors, problemWords } from "@/lib/problem";
import { formatMoment, localZone } from "@/lib/time";
import { Avatar, Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Menu, MenuItem } from "@/ui/menu";
import { toast } from "@/ui/toast";
import { usePatchSuperadmin, useRemoveSuperadminTotp, useSendSuperadminLink } from "./people";

interface PersonRowProps {
  person: Superadmin;
  /** A link was made that no mail carries. */
  onLink: (sent: SentLink) => void;
}

export function PersonRow({ person, onLink }: PersonRowProps) {
  const { t, i18n } = useTranslation();
  const isMe = useSession()?.user.id === person.id;
  return (
    <li className="flex min-h-16 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
      <Avatar name={person.name} seed={person.id} />
      <div className="min-w-40 flex-1">
        <p className="truncate font-medium">
          {person.name} {isMe && <span className="text-muted">({t("owner.me")})</span>}
        </p>
        <p className="truncate text-list text-muted">{person.email}</p>
      </div>
      <p className="text-list text-muted max-md:hidden">
        {person.last_login_at
          ? t("user.lastLogin", { when: formatMoment(person.last_login_at, i18n.language, localZone()) })
          : t("user.neverIn")}
      </p>
      <div className="flex flex-wrap items-center gap-2 max-sm:order-last max-sm:w-full max-sm:pl-14 sm:gap-x-4">
        {person.status === "inactive" && <Badge tone="warn">{t("user.inactive")}</Badge>}
        {person.status === "invited" && <Badge>{t("sentLink.invited")}</Badge>}
        {person.second_factor ? (
          <Badge tone="ok">
            <ShieldCheck aria-hidden />
            {t("user.secondFactor")}
          </Badge>
        ) : (
          <Badge tone="warn">
            <ShieldAlert aria-hidden />
            {t("people.noSecondFactor")}
          </Badge>
        )}
      </div>
      <PersonMenu person={person} isMe={isMe} onLink={onLink} />
    </li>
  );
}

type Asked = "remove-totp" | "deactivate";

function PersonMenu({ person, isMe, onLink }: PersonRowProps & { isMe: boolean }) {
  const { t } = useTranslation();
  const patch = usePatchSuperadmin();
  const send = useSendSuperadminLink();
  const removeTotp = useRemoveSuperadminTotp();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [renaming, setRenaming] = useState(false);
  const active = person.status !== "inactive";
  const done = {
    onSuccess: () => {
      toast.success(t("toast.saved"));
      setAsked(null);
    },
  };
  const sent = (link: SentLink) => {
    if (link.invite_url) onLink(link);
    else toast.success(t("sentLink.mailed", { email: person.email }));
  };
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("action.more", { name: person.name })}>
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem onSelect={() => setRenaming(true)}>
          <Pencil />
          {t("people.rename")}
        </MenuItem>
        <MenuItem disabled={!active} onSelect={() => send.mutate(person.id, { onSuccess: sent })}>
          <Link2 />
          {t(person.status === "invited" ? "sentLink.again" : "sentLink.reset")}
        </MenuItem>
        {person.second_factor && !isMe && (
          <MenuItem onSelect={() => setAsked("remove-totp")}>
            <ShieldOff />
            {t("sentLink.removeTotp")}
          </MenuItem>
        )}
        {active ? (
          <MenuItem disabled={isMe} onSelect={() => setAsked("deactivate")}>
            <UserRoundX />
            {t("user.deactivate")}
          </MenuItem>
        ) : (
          <MenuItem onSelect={() => patch.mutate({ id: person.id, body: { is_active: true } }, done)}>
            <UserRoundCheck />
            {t("user.activate")}
          </MenuItem>
        )}
      </Menu>
      {asked && (
        <Confirm
          open
          onOpenChange={() => setAsked(null)}
          title={`${t(asked === "deactivate" ? "user.deactivate" : "sentLink.removeTotp")}: ${person.name}`}
          text={t(asked === "deactivate" ? "people.deactivateText" : "user.ask.remove-totp")}
          verb={t(asked === "deactivate" ? "user.deactivate" : "sentLink.removeTotp")}
          busy={patch.isPending || removeTotp.isPending}
          onConfirm={() =>
            asked === "deactivate"
              ? patch.mutate({ id: person.id, body: { is_active: false } }, done)
              : removeTotp.mutate(person.id, done)
          }
        />
      )}
      {renaming && <RenameDialog person={person} onClose={() => setRenaming(false)} />}
    </>
  );
}

function RenameDialog({ person, onClose }: { person: Superadmin; onClose: () => void }) {
  const { t } = useTranslation();
  const patch = usePatchSuperadmin(true);
  const [name, setName] = useState(person.name);
  const error = patch.error
    ? (fieldErrors(patch.error, t)["name"] ?? problemWords(patch.error, t))
    : undefined;
  return (
    <Dialog open onOpenChange={onClose} title={t("people.rename")}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) {
            patch.mutate({ id: person.id, body: { name: name.trim() } }, { onSuccess: onClose });
          }
        }}
      >
        <Field label={t("user.name")} error={error}>
          {(field) => (
            <Input
              {...field}
              value={name}
              maxLength={120}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" variant="primary" disabled={!name.trim()} busy={patch.isPending}>
            {t("action.save")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
