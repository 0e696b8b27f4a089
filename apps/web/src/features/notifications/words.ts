/** What happened, in a sentence. */
import type { TFunction } from "i18next";
import type { Notification } from "@/api/types";

export function told({ kind, actor, contact_name: contact }: Notification, t: TFunction): string {
  const who = actor?.name || t("notify.system");
  return t(`notify.${kind}`, { who, contact });
}
