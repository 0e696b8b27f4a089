/** One message, drawn as WhatsApp draws it. */
import { Bot, CornerDownRight, Lock, RotateCw } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatClock, formatFull } from "@/lib/time";
import { Button } from "@/ui/button";
import { MediaContent } from "./media";
import { kindIcon, kindKey, offeredChoices } from "./message-kind";
import { messageErrorWords } from "./meta-errors";
import { richText } from "./rich-text";
import { Tick } from "./tick";

interface BubbleProps {
  message: Message;
  quoted: Message | null;
  first: boolean;
  last: boolean;
  timeZone: string;
  canWrite: boolean;
  onRetry: (message: Message) => void;
}

const SIDE = {
  in: "items-start",
  out: "items-end",
  note: "items-center",
} as const;

export const Bubble = memo(function Bubble(props: BubbleProps) {
  const { message, quoted, first, last, timeZone } = props;
  const { t, i18n } = useTranslation();
  const { direction } = message;
  const bot = message.author?.kind === "bot";
  const author =
    message.author?.name ??
    (message.author && message.author.kind !== "contact" ? t(`author.${message.author.kind}`) : null);
  return (
    <article
      className={cn("flex flex-col px-4", SIDE[direction], first ? "pt-2" : "pt-0.5")}
      aria-label={t(`thread.by.${direction}`, { name: author ?? "" })}
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
          message.status === "failed" && "border-bad/50",
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
        {quoted && (
          <p className="mb-1 line-clamp-2 rounded-[6px] border-l-2 border-accent bg-bg/70 px-2 py-1 text-list text-muted">
            {quoted.text ?? t(kindKey(quoted.type))}
          </p>
        )}
        {message.context && !quoted && (message.context.wamid || message.context.message_id) && (
          <p className="flex items-center gap-1 text-xs text-muted">
            <CornerDownRight aria-hidden className="size-3" />
            {t("thread.answersOlder")}
          </p>
        )}
        <Content message={message} canWrite={props.canWrite} />
        <footer className="mt-0.5 flex items-center justify-end gap-1 text-xs text-muted">
          <time dateTime={message.created_at} title={formatFull(message.created_at, i18n.language, timeZone)}>
            {formatClock(message.created_at, i18n.language, timeZone)}
          </time>
          {direction === "out" && <Tick status={message.status} />}
        </footer>
      </div>
      <Trouble {...props} />
    </article>
  );
});

function Content({ message, canWrite }: { message: Message; canWrite: boolean }) {
  const { t } = useTranslation();
  const plain = message.type === "text" || message.direction === "note";
  const Icon = kindIcon(message.type);
  const choices = offeredChoices(message.payload);
  return (
    <>
      {message.media && <MediaContent message={message} media={message.media} canWrite={canWrite} />}
      {!plain && !message.media && (
        <p className="flex items-center gap-1.5 text-list text-muted">
          <Icon aria-hidden className="size-4 shrink-0" />
          {t(kindKey(message.type))}
        </p>
      )}
      {message.text && <p className="whitespace-pre-wrap">{richText(message.text)}</p>}
      {choices.length > 0 && (
        <ul className="mt-1 border-t border-line">
          {choices.map((choice) => (
            <li key={choice} className="border-b border-line py-1 text-center text-accent last:border-b-0">
              {choice}
            </li>
          ))}
        </ul>
      )}
      {!plain && message.payload && (
        <details className="text-xs text-muted">
          <summary className="w-fit rounded-[4px] hover:text-ink">{t("thread.raw")}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <pre tabIndex={0} className="mt-1 max-h-48 overflow-auto rounded-[6px] bg-bg p-2 font-mono">
            {JSON.stringify(message.payload, null, 2)}
          </pre>
        </details>
      )}
    </>
  );
}

function Trouble({ message, canWrite, onRetry }: BubbleProps) {
  const { t } = useTranslation();
  const failed = message.status === "failed";
  if (!failed && message.status !== "unknown") return null;
  const words = message.error ? messageErrorWords(message.error, t) : null;
  return (
    <div className="mt-1 flex max-w-[min(68ch,86%)] items-start gap-2 text-list">
      <p className={failed ? "text-bad" : "text-warn"}>
        <span className="font-medium">
          {failed ? (words?.reason ?? t("status.failed")) : t("thread.notConfirmed")}
        </span>{" "}
        <span className="text-muted">{failed ? words?.advice : t("thread.notConfirmedAdvice")}</span>
      </p>
      {canWrite && (
        <Button size="sm" onClick={() => onRetry(message)}>
          <RotateCw aria-hidden />
          {t("action.resend")}
        </Button>
      )}
    </div>
  );
}
