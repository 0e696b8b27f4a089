/** Reading and changing the team's roles, and what one may hand on. */
import { api, unwrap } from "@/api/client";
import type { ConversationScope, NewRole, Permission, Role, RolePatch } from "@/api/types";
import { useChangeOf } from "@/api/use-change";

/** Every permission that there is, by what it is about. */
const PERMISSION_GROUPS = {
  chat: ["chat.read", "chat.write"],
  campaigns: ["campaigns.read", "campaigns.write", "templates.read", "templates.write"],
  bot: ["bot.read", "bot.write"],
  numbers: ["dashboard.read", "audit.read"],
  company: ["settings.read", "settings.write", "odoo.read", "odoo.write"],
  team: ["users.read", "users.write"],
} as const satisfies Record<string, readonly Permission[]>;

export type PermissionGroup = keyof typeof PERMISSION_GROUPS;
export const GROUPS = Object.entries(PERMISSION_GROUPS) as [PermissionGroup, readonly Permission[]][];

/** What comes with a permission: to change a thing one must see it. */
export function impliedBy(permission: Permission): Permission | null {
  return permission.endsWith(".write") ? (permission.replace(".write", ".read") as Permission) : null;
}

/** As the server keeps a choice: with everything that comes with it. */
export function withImplied(chosen: ReadonlySet<Permission>): Set<Permission> {
  const implied = [...chosen].map(impliedBy).filter((permission) => permission !== null);
  return new Set([...chosen, ...implied]);
}

/** What somebody has, and so may hand on. */
export interface Reach {
  role: string;
  permissions: readonly string[];
  conversations: ConversationScope;
}

/** Whether whoever has this reach may give somebody the role. */
export function covers(reach: Reach, role: Role): boolean {
  return (
    role.permissions.every((permission) => reach.permissions.includes(permission)) &&
    (reach.conversations === "all" || role.conversations === "own")
  );
}

/** Why a role cannot be changed by whoever has this reach; null when it can. */
export function whyFixed(reach: Reach, role: Role): "fixed" | "own" | null {
  if (role.is_fixed) return "fixed";
  return role.key === reach.role ? "own" : null;
}

function useChange<V, R>(run: (value: V) => Promise<R>, quiet: boolean) {
  return useChangeOf(["roles"], run, quiet);
}

const path = (key: string) => ({ params: { path: { key } } });

export function useCreateRole() {
  return useChange((body: NewRole) => unwrap(api.POST("/api/roles", { body })), true);
}

export function usePatchRole() {
  return useChange(
    ({ key, body }: { key: string; body: RolePatch }) =>
      unwrap(api.PATCH("/api/roles/{key}", { ...path(key), body })),
    true,
  );
}

export function useResetRole() {
  return useChange((key: string) => unwrap(api.POST("/api/roles/{key}/reset", path(key))), false);
}

export function useDeleteRole() {
  return useChange((key: string) => unwrap(api.DELETE("/api/roles/{key}", path(key))), false);
}
