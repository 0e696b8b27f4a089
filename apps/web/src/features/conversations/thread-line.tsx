/** What is no bubble: WhatsApp's notices, and changes to messages that are not loaded. */
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { formatClock, formatFull } from "@/lib/time";
import { Delivery } from "./delivery";
import { kindIcon, previewWords } from "./message-kind";
import { child, text } from "./payload";

function words(message: Message, t: TFunction): string {
  const system = child(message.payload, "system");
  const kind = text(system, "type") ?? "";
  const number = text(system, "new_wa_id") ?? text(system, "wa_id");
  if (number && kind.endsWith("changed_number")) return t("notice.newNumber", { number: `+${number}` });
  if (kind === "user_changed_user_id") return t("notice.newId");
  if (kind === "customer_identity_changed") return t("notice.newIdentity");
  return (message.type === "system" && message.text?.trim()) || previewWords(message, t);
}

interface ThreadLineProps {
  message: Message;
  timeZone: string;
  canWrite: boolean;
  onRetry: (message: Message) => void;
}

export function ThreadLine({ message, timeZone, canWrite, onRetry }: ThreadLineProps) {
  const { t, i18n } = useTranslation();
  const Icon = kindIcon(message.type);
  return (
    <div className="flex flex-col items-center px-4 py-1.5">
      <p className="inline-flex max-w-[min(68ch,100%)] items-start gap-1.5 rounded-[6px] bg-raised px-2 py-0.5 text-xs leading-5 text-muted wrap-anywhere">
        <Icon aria-hidden className="mt-1 size-3 shrink-0" />
        <span className="line-clamp-3">{words(message, t)}</span>
        <time
          dateTime={message.created_at}
          title={formatFull(message.created_at, i18n.language, timeZone)}
          className="shrink-0"
        >
          {formatClock(message.created_at, i18n.language, timeZone)}
        </time>
      </p>
      <Delivery message={message} timeZone={timeZone} canWrite={canWrite} onRetry={onRetry} />
    </div>
  );
}
