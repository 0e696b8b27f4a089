/** The messages of a thread: pages upward without a jump, stays at the end when it was there. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, MessageSquareText } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Message } from "@/api/types";
import { usePermission, useSession } from "@/api/use-session";
import { cn } from "@/lib/cn";
import { formatDay } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { EmptyState, ErrorState } from "@/ui/states";
import { Bubble } from "./bubble";
import type { BubbleActions } from "./bubble-actions";
import { reactionBody } from "./compose";
import { useDraft } from "./drafts";
import { asEdited, type Fold, foldThread, isLine } from "./fold";
import { groupMessages } from "./grouping";
import { messagesKey } from "./keys";
import { previewWords } from "./message-kind";
import { useOutboxEntries } from "./outbox";
import { outboxOf } from "./outbox-instance";
import { PendingBubble } from "./pending-bubble";
import { messagesQuery, useRetryMessage } from "./queries";
import { ThreadLine } from "./thread-line";
import { MessagesSkeleton } from "./thread-skeleton";
import { stillUnseen } from "./unseen";

const AT_END = 80;
const NEAR_TOP = 400;

interface MessageListProps {
  conversationId: string;
  /** The message at which it is opened, if not at its end. */
  at: string | undefined;
  /** Called when somebody wants to be at its end. */
  onEnd: () => void;
  /** Whether anything but a template can be sent now. */
  isOpen: boolean;
  /** Called when somebody wants to answer a certain message. */
  onQuote: () => void;
}

export function MessageList({ conversationId, at, onEnd, isOpen, onQuote }: MessageListProps) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const now = useNow();
  const me = useSession()?.user.id ?? "";
  const canWrite = usePermission("chat.write");
  const outbox = outboxOf(useQueryClient());
  const query = useThreadAt(conversationId, at);
  const { mutate: retry } = useRetryMessage();
  const { write } = useDraft(me, conversationId, "reply");
  const messages = useMemo(
    () => query.data?.pages.flatMap((page) => page.items).reverse() ?? [],
    [query.data],
  );
  const { shown, folds } = useMemo(() => foldThread(messages), [messages]);
  const items = useMemo(() => groupMessages(shown, timeZone), [shown, timeZone]);
  const byReference = useMemo(() => indexByReference(shown, folds), [shown, folds]);
  const entries = stillUnseen(useOutboxEntries(outbox, conversationId), messages, me).filter(
    // A reaction is no bubble; only one that does not get through has to be spoken of.
    ({ body, state }) => body.type !== "reaction" || state !== "sending",
  );
  const scroll = useScrollKeeping({
    messages: shown,
    pending: entries.length,
    me,
    at,
    isWhole: !query.hasPreviousPage,
  });
  const act = useRef<BubbleActions>(null);
  act.current = {
    onAnswer: (message) => {
      write({ quote: { wamid: message.wamid ?? "", words: previewWords(message, t) } });
      onQuote();
    },
    onReact: ({ wamid }, emoji) =>
      outbox.send(conversationId, reactionBody(wamid ?? "", emoji), crypto.randomUUID()),
  };
  // One object for all bubbles and for good: they are drawn again only when they change.
  const actions = useMemo<BubbleActions>(
    () => ({
      onAnswer: (message) => act.current?.onAnswer(message),
      onReact: (message, emoji) => act.current?.onReact(message, emoji),
    }),
    [],
  );

  function quotedBy({ context }: Message): Message | null {
    return byReference.get(context?.wamid ?? context?.message_id ?? "") ?? null;
  }

  function onScroll(): void {
    scroll.onScroll();
    const box = scroll.box.current;
    if (box && box.scrollTop < NEAR_TOP && query.hasNextPage && !query.isFetchingNextPage && !query.isError) {
      void query.fetchNextPage();
    }
    const below = box ? box.scrollHeight - box.scrollTop - box.clientHeight : 0;
    const canGoDown = query.hasPreviousPage && !query.isFetchingPreviousPage && !query.isError;
    if (box && below < NEAR_TOP && canGoDown) void query.fetchPreviousPage();
  }

  if (query.isPending) return <MessagesSkeleton />;
  if (query.isError && messages.length === 0) {
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (messages.length === 0 && entries.length === 0) {
    return <EmptyState icon={MessageSquareText} text={t("thread.empty")} />;
  }
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  const atEnd = scroll.atEnd && !query.hasPreviousPage;
  return (
    <div className="relative h-full">
      <div
        ref={scroll.box}
        onScroll={onScroll}
        role="log"
        aria-label={t("thread.label")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="h-full overflow-y-auto overscroll-contain pb-3 outline-offset-[-2px] [overflow-anchor:none]"
      >
        {query.hasNextPage && (
          <div className="flex h-12 items-center justify-center">
            <Button size="sm" variant="ghost" onClick={() => void query.fetchNextPage()}>
              {query.isFetchingNextPage ? t("state.loading") : t("thread.older")}
            </Button>
          </div>
        )}
        {items.map((item) =>
          item.kind === "day" ? (
            <div key={item.key} className="sticky top-0 z-10 flex justify-center py-2">
              <time
                dateTime={item.at}
                className="rounded-[6px] border border-line bg-surface px-2 text-xs leading-5 text-muted first-letter:uppercase"
              >
                {formatDay(item.at, now, i18n.language, timeZone, words)}
              </time>
            </div>
          ) : isLine(item.message) ? (
            <ThreadLine
              key={item.key}
              message={item.message}
              timeZone={timeZone}
              canWrite={canWrite}
              onRetry={retry}
            />
          ) : (
            <div
              key={item.key}
              ref={item.message.id === at ? scroll.target : null}
              className={cn(item.message.id === at && "animate-found")}
            >
              <Bubble
                message={item.message}
                fold={folds.get(item.message.id) ?? null}
                first={item.first}
                last={item.last}
                quoted={quotedBy(item.message)}
                quotedGone={Boolean(folds.get(quotedBy(item.message)?.id ?? "")?.revoke)}
                timeZone={timeZone}
                canWrite={canWrite}
                onRetry={retry}
                actions={canWrite && isOpen ? actions : null}
              />
            </div>
          ),
        )}
        {entries.map((entry) => (
          <PendingBubble
            key={entry.key}
            entry={entry}
            onRetry={() => outbox.retry(entry)}
            onDiscard={() => outbox.discard(entry)}
          />
        ))}
      </div>
      {!atEnd && (
        <Button
          size="sm"
          onClick={query.hasPreviousPage ? onEnd : scroll.toEnd}
          aria-label={scroll.unseen > 0 ? undefined : t("thread.toEnd")}
          className={cn(
            "absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full shadow-md",
            scroll.unseen > 0 &&
              "border-transparent bg-accent text-accent-ink hover:bg-accent hover:opacity-90",
          )}
        >
          <ArrowDown aria-hidden />
          {scroll.unseen > 0 && t("thread.new", { count: scroll.unseen })}
        </Button>
      )}
    </div>
  );
}

function indexByReference(messages: Message[], folds: Map<string, Fold>): Map<string, Message> {
  const index = new Map<string, Message>();
  for (const original of messages) {
    const message = asEdited(original, folds.get(original.id) ?? null);
    index.set(message.id, message);
    if (message.wamid) index.set(message.wamid, message);
  }
  return index;
}

/** The thread from its end, or around a message; what the cache has from elsewhere is asked for anew. */
function useThreadAt(conversationId: string, at: string | undefined) {
  const client = useQueryClient();
  const query = useInfiniteQuery(messagesQuery(conversationId, at));
  const pages = query.data?.pages;
  const elsewhere = pages
    ? at
      ? !pages.some((page) => page.items.some((message) => message.id === at))
      : Boolean(pages[0]?.previous_cursor)
    : false;
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!elsewhere || asked) return;
    setAsked(true);
    void client.resetQueries({ queryKey: messagesKey(conversationId), exact: true });
  }, [elsewhere, asked, client, conversationId]);
  return query;
}

interface ScrollOptions {
  messages: Message[];
  /** How many are on their way. */
  pending: number;
  me: string;
  /** The message to begin at, if not the end. */
  at: string | undefined;
  /** Whether the newest message is there. */
  isWhole: boolean;
}

/** Keeps what is being read in its place, whatever is added above or below it. */
function useScrollKeeping({ messages, pending, me, at, isWhole }: ScrollOptions) {
  const box = useRef<HTMLDivElement>(null);
  const target = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(!at);
  const [unseen, setUnseen] = useState(0);
  const found = useRef(!at);
  const before = useRef({ height: 0, top: 0, firstId: "", lastId: "", pending: 0 });
  const atEnd = isAtEnd && isWhole;

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const was = before.current;
    const firstId = messages[0]?.id ?? "";
    const last = messages.at(-1);
    const opened = was.lastId === "" && was.pending === 0;
    if (!found.current && target.current) {
      found.current = true;
      target.current.scrollIntoView({ block: "center" });
    } else if ((opened && !at) || pending > was.pending || atEnd) {
      element.scrollTop = element.scrollHeight;
      setUnseen(0);
    } else {
      if (firstId !== was.firstId && !opened) element.scrollTop = was.top + element.scrollHeight - was.height;
      if (isWhole && !opened && last && last.id !== was.lastId && last.author?.id !== me) {
        const known = messages.findIndex((message) => message.id === was.lastId);
        setUnseen((count) => count + messages.length - 1 - known);
      }
    }
    before.current = {
      height: element.scrollHeight,
      top: element.scrollTop,
      firstId,
      lastId: last?.id ?? "",
      pending,
    };
  }, [messages, pending, atEnd, me, at, isWhole]);

  // A composer that grows must not push the newest message out of sight.
  const filled = messages.length > 0;
  useEffect(() => {
    const element = box.current;
    if (!element || !filled || !atEnd) return;
    const observer = new ResizeObserver(() => element.scrollTo({ top: element.scrollHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, [atEnd, filled]);

  function onScroll(): void {
    const element = box.current;
    if (!element) return;
    before.current.top = element.scrollTop;
    const end = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END;
    if (end !== isAtEnd) setAtEnd(end);
    if (end) setUnseen(0);
  }

  function toEnd(): void {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }

  return { box, target, atEnd, unseen, onScroll, toEnd };
}
