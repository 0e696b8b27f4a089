/** Why WhatsApp refused a message and what to do, in words of the reader's language. */
import type { TFunction } from "i18next";
import type { Message } from "@/api/types";

export interface ErrorWords {
  reason: string;
  advice: string;
}

export function messageErrorWords(error: NonNullable<Message["error"]>, t: TFunction): ErrorWords {
  const advice = t(`advice.${error.advice}`, { defaultValue: t("advice.none") });
  const reason = t(`meta.${error.code}`, { defaultValue: "" });
  if (reason) return { reason, advice };
  return { reason: error.title ?? error.detail ?? t("meta.other", { code: error.code }), advice };
}
