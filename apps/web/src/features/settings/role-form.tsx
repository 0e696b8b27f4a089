/** A role being written: its name, how much of the inbox it sees, and each thing that it allows. */
import { CircleAlert } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationScope, NewRole, Permission, Role } from "@/api/types";
import { slugOf } from "@/lib/names";
import { fieldErrors, problemWords } from "@/lib/problem";
import { roleWords } from "@/lib/roles";
import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { Check, Field, Input } from "@/ui/field";
import { Notice } from "@/ui/states";
import { GROUPS, impliedBy, type PermissionGroup, type Reach, withImplied } from "./roles";

const LONGEST_KEY = 40;

interface RoleFormProps {
  /** What is changed, or what a new one begins as. */
  from: Role | null;
  isNew: boolean;
  reach: Reach;
  error: unknown;
  busy: boolean;
  onSave: (role: Required<NewRole>) => void;
  onCancel: () => void;
}

export function RoleForm({ from, isNew, reach, error, busy, onSave, onCancel }: RoleFormProps) {
  const { t } = useTranslation();
  const shown = from ? roleWords(t, from.key, from.name) : "";
  const [name, setName] = useState(isNew ? (from ? t("roles.copyOf", { name: shown }) : "") : shown);
  const [key, setKey] = useState<string | null>(null);
  // What the role has stays where it is; what is granted anew one must have oneself.
  const had: readonly Permission[] = from && !isNew ? from.permissions : [];
  const mayGrant = (permission: Permission) =>
    reach.permissions.includes(permission) || had.includes(permission);
  const [chosen, setChosen] = useState(
    () => new Set<Permission>((from?.permissions ?? ["chat.read"]).filter(mayGrant)),
  );
  const mayAll = reach.conversations === "all" || (!isNew && from?.conversations === "all");
  const [scope, setScope] = useState<ConversationScope>(mayAll ? (from?.conversations ?? "all") : "own");
  const served = error ? fieldErrors(error, t) : {};
  const effective = withImplied(chosen);
  const ownKey = key ?? slugOf(name).slice(0, LONGEST_KEY);

  function toggle(permission: Permission, on: boolean): void {
    const next = new Set(chosen);
    if (on) next.add(permission);
    else next.delete(permission);
    setChosen(next);
  }

  return (
    <form
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!name.trim()) return;
        // A name that is only shown in another language was not changed.
        const kept = from && !isNew && name.trim() === shown ? from.name : name.trim();
        onSave({ key: ownKey, name: kept, permissions: [...effective], conversations: scope });
      }}
    >
      {error != null && !served["name"] && !served["key"] && (
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(error, t)}
        </Notice>
      )}
      <div className={isNew ? "grid gap-4 sm:grid-cols-2" : "grid"}>
        <Field label={t("roles.name")} error={served["name"]}>
          {(field) => (
            <Input {...field} value={name} maxLength={120} onChange={(e) => setName(e.target.value)} />
          )}
        </Field>
        {isNew && (
          <Field label={t("roles.key")} hint={t("roles.keyHint")} error={served["key"]}>
            {(field) => (
              <Input
                {...field}
                className="font-mono"
                spellCheck={false}
                value={ownKey}
                maxLength={LONGEST_KEY}
                onChange={(e) => setKey(e.target.value)}
              />
            )}
          </Field>
        )}
      </div>
      <ScopeChoice scope={scope} mayAll={mayAll} onScope={setScope} />
      <div className="grid gap-5 sm:grid-cols-2">
        {GROUPS.map(([group, permissions]) => (
          <GroupChoice
            key={group}
            group={group}
            permissions={permissions}
            effective={effective}
            chosen={chosen}
            mayGrant={mayGrant}
            onToggle={toggle}
          />
        ))}
      </div>
      <DialogActions>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant="primary" busy={busy} disabled={!name.trim()}>
          {t(isNew ? "roles.create" : "action.save")}
        </Button>
      </DialogActions>
    </form>
  );
}

interface ScopeProps {
  scope: ConversationScope;
  mayAll: boolean;
  onScope: (scope: ConversationScope) => void;
}

function ScopeChoice({ scope, mayAll, onScope }: ScopeProps) {
  const { t } = useTranslation();
  const name = useId();
  return (
    <fieldset className="grid content-start gap-2">
      <legend className="mb-1 font-semibold">{t("roles.scope.title")}</legend>
      {(["all", "own"] as const).map((value) => (
        <Check
          key={value}
          type="radio"
          name={name}
          label={t(`roles.scope.${value}.name`)}
          hint={value === "all" && !mayAll ? t("roles.beyond") : t(`roles.scope.${value}.text`)}
          checked={scope === value}
          disabled={value === "all" && !mayAll}
          onChange={() => onScope(value)}
        />
      ))}
    </fieldset>
  );
}

interface GroupProps {
  group: PermissionGroup;
  permissions: readonly Permission[];
  effective: ReadonlySet<Permission>;
  chosen: ReadonlySet<Permission>;
  mayGrant: (permission: Permission) => boolean;
  onToggle: (permission: Permission, on: boolean) => void;
}

function GroupChoice({ group, permissions, effective, chosen, mayGrant, onToggle }: GroupProps) {
  const { t } = useTranslation();
  const reason = (permission: Permission) => {
    if (!mayGrant(permission)) return t("roles.beyond");
    const by = [...chosen].find((other) => impliedBy(other) === permission);
    return by ? t("roles.implied", { name: t(`roles.may.${by}.name`) }) : null;
  };
  return (
    <fieldset className="grid content-start gap-2">
      <legend className="mb-1 font-semibold">{t(`roles.group.${group}`)}</legend>
      {permissions.map((permission) => {
        const why = reason(permission);
        return (
          <Check
            key={permission}
            label={t(`roles.may.${permission}.name`)}
            hint={why ?? t(`roles.may.${permission}.text`)}
            checked={effective.has(permission)}
            disabled={why !== null}
            onChange={(event) => onToggle(permission, event.target.checked)}
          />
        );
      })}
    </fieldset>
  );
}
