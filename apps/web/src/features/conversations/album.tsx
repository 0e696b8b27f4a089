/** Pictures that were sent together, as a grid. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatClock, formatFull } from "@/lib/time";
import { type BubbleActions, BubbleMenu } from "./bubble-actions";
import type { Fold } from "./fold";
import { Thumbnail } from "./picture";
import { Reactions } from "./reactions";
import { sendStateOf } from "./send-state";
import { Tick } from "./tick";

/** As many are shown; the last one says how many more there are. */
const SHOWN = 4;

interface AlbumProps {
  messages: Message[];
  folds: Map<string, Fold>;
  first: boolean;
  last: boolean;
  timeZone: string;
  actions: BubbleActions | null;
}

export const Album = memo(function Album({ messages, folds, first, last, timeZone, actions }: AlbumProps) {
  const { t, i18n } = useTranslation();
  const [head] = messages;
  const end = messages.at(-1);
  if (!head || !end) return null;
  const isOut = head.direction === "out";
  const more = messages.length - SHOWN;
  const reactions = messages.flatMap(({ id }) => folds.get(id)?.reactions ?? []);
  return (
    <article
      className={cn("flex flex-col px-4", isOut ? "items-end" : "items-start", first ? "pt-2" : "pt-0.5")}
      aria-label={t("threadFaces.album", { count: messages.length, name: head.author.name ?? "" })}
    >
      <div
        className={cn(
          "group relative rounded-md border p-1",
          isOut
            ? "border-accent/25 bg-[color-mix(in_srgb,var(--accent)_11%,var(--surface))]"
            : "border-line bg-surface",
          last && (isOut ? "rounded-br-[3px]" : "rounded-bl-[3px]"),
        )}
      >
        <div className="grid w-72 max-w-full grid-cols-2 gap-1">
          {messages.slice(0, SHOWN).map((message, index) => (
            <span key={message.id} className="relative">
              {message.media && (
                <Thumbnail
                  message={message}
                  media={message.media}
                  name={t("threadFaces.pictureOf", { index: index + 1, total: messages.length })}
                  className="aspect-square w-full rounded-[4px]"
                />
              )}
              {more > 0 && index === SHOWN - 1 && (
                <span
                  aria-hidden
                  className="pointer-events-none absolute inset-0 flex items-center justify-center rounded-[4px] bg-black/55 text-xl font-semibold text-white"
                >
                  +{more}
                </span>
              )}
            </span>
          ))}
        </div>
        <footer className="mt-0.5 flex items-center justify-end gap-1 px-2 pb-0.5 text-xs text-muted">
          {actions && end.wamid && (
            <BubbleMenu
              message={end}
              own={
                folds.get(end.id)?.reactions.findLast(({ direction }) => direction === "out")?.text ?? null
              }
              actions={actions}
            />
          )}
          <time dateTime={end.created_at} title={formatFull(end.created_at, i18n.language, timeZone)}>
            {formatClock(end.created_at, i18n.language, timeZone)}
          </time>
          {isOut && <Tick status={sendStateOf(end, Date.now())} />}
        </footer>
      </div>
      {reactions.length > 0 && <Reactions reactions={reactions} end={isOut} />}
    </article>
  );
});
