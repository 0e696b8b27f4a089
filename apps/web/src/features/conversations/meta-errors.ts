/** Why a message was not sent, what to do and whether sending again helps, in the reader's language. */
import type { TFunction } from "i18next";
import type { Message } from "@/api/types";
import { type Again, meaningOf } from "./meta-codes";

type MessageError = NonNullable<Message["error"]>;

interface ErrorWords {
  reason: string;
  advice: string;
  again: Again;
  /** WhatsApp's own words; null where there are none. */
  original: string | null;
}

/** What the server advises about a code that has no text here. */
const AGAIN: Record<string, Again> = {
  retry: "now",
  wait: "later",
  check_token: "mended",
  check_number: "mended",
  contact_support: "mended",
};

export function messageErrorWords(error: MessageError, t: TFunction): ErrorWords {
  const meaning = meaningOf(error.code);
  const isMetas = /^\d+$/.test(error.code);
  const said = [isMetas ? error.title : null, error.detail].filter((words) => words?.trim());
  const original = said.length > 0 ? [...new Set(said)].join(": ") : null;
  if (meaning) {
    return {
      reason: t(`meta.${meaning.text}.what`),
      advice: t(`meta.${meaning.text}.do`),
      again: meaning.again,
      original,
    };
  }
  return {
    reason: t("failure.other", { code: error.code }),
    advice: t(`advice.${error.advice}`, { defaultValue: t("advice.none") }),
    again: AGAIN[error.advice] ?? "never",
    original,
  };
}
