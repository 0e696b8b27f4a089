/** One message, drawn as WhatsApp draws it. */
import { Ban, Bot, CornerDownRight, Lock, Smartphone } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatClock, formatFull } from "@/lib/time";
import { type BubbleActions, BubbleMenu } from "./bubble-actions";
import { Content } from "./content/content";
import { Delivery } from "./delivery";
import { Disclosure } from "./disclosure";
import { asEdited, type Fold } from "./fold";
import { isFromPhone, kindKey } from "./message-kind";
import { senderName } from "./payload";
import { Reactions } from "./reactions";
import { sendStateOf } from "./send-state";
import { useThreadActions } from "./thread-context";
import { Tick } from "./tick";

interface BubbleProps {
  message: Message;
  /** What changed it since. */
  fold: Fold | null;
  /** The message it answers, as it reads now; `quotedGone` when that was deleted. */
  quoted: Message | null;
  quotedGone: boolean;
  first: boolean;
  last: boolean;
  timeZone: string;
  canWrite: boolean;
  onRetry: (message: Message) => void;
  /** What can be done about it; null where nothing can be sent now. */
  actions?: BubbleActions | null;
}

const SIDE = {
  in: "items-start",
  out: "items-end",
  note: "items-center",
} as const;

export const Bubble = memo(function Bubble(props: BubbleProps) {
  const { message, fold, quoted, first, last, timeZone, canWrite, onRetry, actions } = props;
  const { t, i18n } = useTranslation();
  const { direction } = message;
  const bot = message.author.kind === "bot";
  const fromPhone = isFromPhone(message);
  const state = sendStateOf(message, Date.now());
  const ownReaction = fold?.reactions.findLast((reaction) => reaction.direction === "out")?.text ?? null;
  const { jump } = useThreadActions();
  const quotedWords = props.quotedGone
    ? t("content.deletedMessage")
    : (quoted?.text?.trim() ?? "") || (quoted ? t(kindKey(quoted.type)) : "");
  const member = direction === "in" ? senderName(message.payload) : null;
  const author =
    member ??
    message.author.name ??
    (fromPhone || message.author.kind === "contact" ? null : t(`author.${message.author.kind}`));
  return (
    <article
      className={cn("flex flex-col px-4", SIDE[direction], first ? "pt-2" : "pt-0.5")}
      aria-label={t(`thread.by.${direction}`, { name: author ?? (fromPhone ? t("content.phone") : "") })}
    >
      <div
        className={cn(
          "group relative max-w-[min(68ch,86%)] min-w-24 rounded-md border px-3 py-1.5 wrap-anywhere",
          direction === "in" && "border-line bg-surface",
          direction === "out" && "border-accent/25 bg-[color-mix(in_srgb,var(--accent)_11%,var(--surface))]",
          direction === "out" && bot && "border-bot/30 bg-[color-mix(in_srgb,var(--bot)_10%,var(--surface))]",
          direction === "note" && "w-full border-note-line bg-note-bg",
          last && direction === "in" && "rounded-bl-[3px]",
          last && direction === "out" && "rounded-br-[3px]",
          state === "failed" && "border-bad/50",
          state === "cancelled" && "border-line bg-surface text-muted",
        )}
      >
        {first && direction === "note" && (
          <p className="flex items-center gap-1.5 text-xs font-medium text-note">
            <Lock aria-hidden className="size-3" />
            {t("thread.noteBy", { name: author ?? "" })}
          </p>
        )}
        {first && direction === "out" && author && (
          <p className={cn("flex items-center gap-1 text-xs font-medium", bot ? "text-bot" : "text-accent")}>
            {bot && <Bot aria-hidden className="size-3" />}
            {author}
          </p>
        )}
        {first && fromPhone && (
          <p className="flex items-center gap-1 text-xs font-medium text-muted">
            <Smartphone aria-hidden className="size-3" />
            {t("content.fromPhone")}
          </p>
        )}
        {first && member && <p className="text-xs font-medium text-accent">{member}</p>}
        {quoted && (
          <button
            type="button"
            onClick={() => jump(quoted.id)}
            aria-label={t("threadFaces.toQuoted", { words: quotedWords })}
            className="mb-1 line-clamp-2 w-full rounded-[6px] border-l-2 border-accent bg-bg/70 px-2 py-1 text-left text-list text-muted hover:text-ink"
          >
            {quotedWords}
          </button>
        )}
        {message.context && !quoted && (message.context.wamid || message.context.message_id) && (
          <OlderQuote messageId={message.context.message_id} />
        )}
        <Body {...props} />
        {fold?.edit && !fold.revoke && (
          <Disclosure label={t("content.edited")}>
            <p className="text-list whitespace-pre-wrap text-muted">{message.text}</p>
          </Disclosure>
        )}
        <footer className="mt-0.5 flex items-center justify-end gap-1 text-xs text-muted">
          {actions && message.wamid && !fold?.revoke && direction !== "note" && (
            <BubbleMenu message={message} own={ownReaction} actions={actions} />
          )}
          <time dateTime={message.created_at} title={formatFull(message.created_at, i18n.language, timeZone)}>
            {formatClock(message.created_at, i18n.language, timeZone)}
          </time>
          {direction === "out" && <Tick status={state} />}
        </footer>
      </div>
      {fold && <Reactions reactions={fold.reactions} end={direction === "out"} />}
      <Delivery message={message} timeZone={timeZone} canWrite={canWrite} onRetry={onRetry} />
    </article>
  );
});

/** It answers something that is not loaded, or that nobody here knows. */
function OlderQuote({ messageId }: { messageId: string | null }) {
  const { t } = useTranslation();
  const { jump } = useThreadActions();
  const words = (
    <>
      <CornerDownRight aria-hidden className="size-3" />
      {t("thread.answersOlder")}
    </>
  );
  if (!messageId) return <p className="flex items-center gap-1 text-xs text-muted">{words}</p>;
  return (
    <button
      type="button"
      onClick={() => jump(messageId)}
      className="flex items-center gap-1 text-xs text-muted underline underline-offset-2 hover:text-ink"
    >
      {words}
    </button>
  );
}

/** A deleted message keeps its words for whoever asks to see them. */
function Body({ message, fold, canWrite, timeZone }: BubbleProps) {
  const { t } = useTranslation();
  const content = (of: Message) => <Content message={of} canWrite={canWrite} timeZone={timeZone} />;
  if (!fold?.revoke) return content(asEdited(message, fold));
  return (
    <>
      <p className="flex items-center gap-1.5 text-muted italic">
        <Ban aria-hidden className="size-4 shrink-0" />
        {t(message.direction === "in" ? "content.deleted" : "content.deletedByUs")}
      </p>
      <Disclosure label={t("content.showDeleted")}>{content(asEdited(message, fold))}</Disclosure>
    </>
  );
}
