/** One row of the thread: a day, the line of what is new, a notice, an album or a bubble. */
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatDay } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { ActivityLine } from "./activity-line";
import { Album } from "./album";
import { Bubble } from "./bubble";
import type { BubbleActions } from "./bubble-actions";
import { type Fold, isLine } from "./fold";
import type { ThreadItem } from "./grouping";
import { ThreadLine } from "./thread-line";

export interface RowContext {
  folds: Map<string, Fold>;
  /** The message that another one answers, if it is loaded. */
  quotedBy: (message: Message) => Message | null;
  /** The message to point out. */
  pointed: string | undefined;
  /** The first that is new, and how many there are. */
  firstUnread: string | null;
  unread: number;
  timeZone: string;
  canWrite: boolean;
  onRetry: (message: Message) => void;
  actions: BubbleActions | null;
}

export function ThreadRow({ item, context }: { item: ThreadItem; context: RowContext }) {
  const { folds, quotedBy, pointed, firstUnread, timeZone, canWrite, onRetry, actions } = context;
  if (item.kind === "day") return <Day at={item.at} timeZone={timeZone} />;
  if (item.kind === "activity") return <ActivityLine activity={item.activity} timeZone={timeZone} />;
  const messages = item.kind === "album" ? item.messages : [item.message];
  const ids = messages.map(({ id }) => id);
  const isNew = firstUnread !== null && ids.includes(firstUnread);
  return (
    <>
      {isNew && <UnreadLine count={context.unread} />}
      <div
        data-message={ids.join(" ")}
        className={cn(pointed !== undefined && ids.includes(pointed) && "animate-found")}
      >
        {item.kind === "album" ? (
          <Album {...item} folds={folds} timeZone={timeZone} actions={actions} />
        ) : isLine(item.message) ? (
          <ThreadLine message={item.message} timeZone={timeZone} canWrite={canWrite} onRetry={onRetry} />
        ) : (
          <Bubble
            message={item.message}
            fold={folds.get(item.message.id) ?? null}
            first={item.first}
            last={item.last}
            quoted={quotedBy(item.message)}
            quotedGone={Boolean(folds.get(quotedBy(item.message)?.id ?? "")?.revoke)}
            timeZone={timeZone}
            canWrite={canWrite}
            onRetry={onRetry}
            actions={actions}
          />
        )}
      </div>
    </>
  );
}

function Day({ at, timeZone }: { at: string; timeZone: string }) {
  const { t, i18n } = useTranslation();
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  return (
    <div className="sticky top-0 z-10 flex justify-center py-2">
      <time
        dateTime={at}
        className="rounded-[6px] border border-line bg-surface px-2 text-xs leading-5 text-muted first-letter:uppercase"
      >
        {formatDay(at, useNow(), i18n.language, timeZone, words)}
      </time>
    </div>
  );
}

function UnreadLine({ count }: { count: number }) {
  const { t } = useTranslation();
  return (
    <div data-unread className="flex items-center gap-3 px-4 py-2 text-xs font-medium text-accent">
      <span aria-hidden className="h-px flex-1 bg-accent/40" />
      <span>{t("thread.new", { count })}</span>
      <span aria-hidden className="h-px flex-1 bg-accent/40" />
    </div>
  );
}
