/** What roles are called: those from the beginning in the reader's language, the rest as the team calls them. */
import type { TFunction } from "i18next";

/** As the server names the roles of a new tenant; one that was renamed keeps its new name in every language. */
const FIRST_NAMES: Record<string, string> = {
  superadmin: "SuperAdmin",
  admin: "Administrador",
  recepcion: "Recepción",
  caja: "Caja",
  marketing: "Marketing",
  doctor: "Doctor",
};

export function roleWords(t: TFunction, key: string, name: string | undefined): string {
  if (name === undefined || FIRST_NAMES[key] === name) return t(`role.${key}`, { defaultValue: name ?? key });
  return name;
}
