/** What each role allows: all roles side by side, or one at a time where there is no room. */
import { Check, Minus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Permission, Role } from "@/api/types";
import { cn } from "@/lib/cn";
import { roleWords } from "@/lib/roles";
import { Badge } from "@/ui/badge";
import { Field, Select } from "@/ui/field";
import { Card } from "@/ui/page";
import { GROUPS } from "./roles";

interface MatrixProps {
  roles: Role[];
  /** The role's menu; nothing for whoever may change none. */
  actions: (role: Role) => ReactNode;
}

const FIRST = "sticky left-0 z-10 w-72 min-w-56 bg-surface text-left font-normal";

export function RoleMatrix({ roles, actions }: MatrixProps) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section aria-label={t("roles.matrix")} tabIndex={0} className="overflow-x-auto">
      <table className="w-full border-collapse">
        <thead>
          <tr className="border-b border-line align-bottom">
            <th scope="col" className={cn(FIRST, "px-4 py-3")}>
              <span className="sr-only">{t("roles.permission")}</span>
            </th>
            {roles.map((role) => (
              <th key={role.key} scope="col" className="min-w-24 px-1 pt-3 pb-2 text-center font-normal">
                <div className="grid justify-items-center gap-1">
                  <RoleMarks role={role} />
                  <span className="max-w-40 font-semibold wrap-break-word">
                    {roleWords(t, role.key, role.name)}
                  </span>
                  <span className="text-list text-muted">
                    {t("roles.people", { count: role.user_count })}
                  </span>
                  {actions(role)}
                </div>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className="border-b border-line">
            <th scope="row" className={cn(FIRST, "px-4 py-2.5")}>
              <Told name={t("roles.scope.title")} text={t("roles.scope.text")} />
            </th>
            {roles.map((role) => (
              <td key={role.key} className="px-2 py-2.5 text-center text-list">
                <ScopeWord role={role} />
              </td>
            ))}
          </tr>
        </tbody>
        {GROUPS.map(([group, permissions]) => (
          <tbody key={group}>
            <tr className="border-b border-line bg-raised">
              <th
                scope="rowgroup"
                className="sticky left-0 bg-raised px-4 py-1.5 text-left text-list font-semibold"
              >
                {t(`roles.group.${group}`)}
              </th>
              <td colSpan={roles.length} />
            </tr>
            {permissions.map((permission) => (
              <tr key={permission} className="border-b border-line last:border-0">
                <th scope="row" className={cn(FIRST, "px-4 py-2")}>
                  <Told name={t(`roles.may.${permission}.name`)} text={t(`roles.may.${permission}.text`)} />
                </th>
                {roles.map((role) => (
                  <td key={role.key} className="px-2 py-2">
                    <Mark role={role} permission={permission} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}

export function OneRole({ roles, actions }: MatrixProps) {
  const { t } = useTranslation();
  const [key, setKey] = useState(roles[0]?.key ?? "");
  const role = roles.find((one) => one.key === key) ?? roles[0];
  if (!role) return null;
  return (
    <div className="grid gap-4">
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <Field label={t("user.role")}>
            {(field) => (
              <Select {...field} value={role.key} onChange={(event) => setKey(event.target.value)}>
                {roles.map((one) => (
                  <option key={one.key} value={one.key}>
                    {roleWords(t, one.key, one.name)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        {actions(role)}
      </div>
      <p className="flex flex-wrap items-center gap-2 text-list text-muted">
        {t("roles.people", { count: role.user_count })}
        <RoleMarks role={role} />
      </p>
      <Card title={t("roles.scope.title")}>
        <p className="px-4 py-3">
          <ScopeWord role={role} />
        </p>
      </Card>
      {GROUPS.map(([group, permissions]) => (
        <Card key={group} title={t(`roles.group.${group}`)}>
          <ul className="divide-y divide-line">
            {permissions.map((permission) => (
              <li key={permission} className="flex items-start gap-3 px-4 py-2.5">
                <div className="min-w-0 flex-1">
                  <Told name={t(`roles.may.${permission}.name`)} text={t(`roles.may.${permission}.text`)} />
                </div>
                <Mark role={role} permission={permission} />
              </li>
            ))}
          </ul>
        </Card>
      ))}
    </div>
  );
}

function Told({ name, text }: { name: string; text: string }) {
  return (
    <>
      <span className="block font-medium">{name}</span>
      <span className="block text-list text-muted">{text}</span>
    </>
  );
}

function RoleMarks({ role }: { role: Role }) {
  const { t } = useTranslation();
  if (!role.is_builtin) return <Badge tone="accent">{t("roles.custom")}</Badge>;
  return role.is_changed ? <Badge tone="warn">{t("roles.changed")}</Badge> : null;
}

function ScopeWord({ role }: { role: Role }) {
  const { t } = useTranslation();
  if (!role.permissions.includes("chat.read"))
    return <span className="text-muted">{t("roles.scope.none")}</span>;
  return <>{t(`roles.scope.${role.conversations}.name`)}</>;
}

function Mark({ role, permission }: { role: Role; permission: Permission }) {
  const { t } = useTranslation();
  const may = role.permissions.includes(permission);
  const Icon = may ? Check : Minus;
  return (
    <span className="flex justify-center">
      <Icon aria-hidden className={cn("size-4", may ? "text-ok" : "text-muted/60")} />
      <span className="sr-only">{t(may ? "roles.yes" : "roles.no")}</span>
    </span>
  );
}
