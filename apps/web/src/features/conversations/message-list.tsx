/** The messages of a thread: pages upward without a jump, stays at the end when it was there. */
import { useQueryClient } from "@tanstack/react-query";
import { ArrowDown, MessageSquareText } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Message } from "@/api/types";
import { usePermission, useSession } from "@/api/use-session";
import { cn } from "@/lib/cn";
import { Button } from "@/ui/button";
import { EmptyState, ErrorState } from "@/ui/states";
import { withActivity } from "./activity";
import type { BubbleActions } from "./bubble-actions";
import { reactionBody } from "./compose";
import { useDraft } from "./drafts";
import { asEdited, type Fold, foldThread } from "./fold";
import { Gallery, picturesOf } from "./gallery";
import { byDay, groupMessages } from "./grouping";
import { previewWords } from "./message-kind";
import { useOutboxEntries } from "./outbox";
import { outboxOf } from "./outbox-instance";
import { PendingBubble } from "./pending-bubble";
import { useActivity, useRetryMessage } from "./queries";
import { type ThreadActions, ThreadContext } from "./thread-context";
import { messagesOf, useThreadAt } from "./thread-pages";
import { type RowContext, ThreadRow } from "./thread-row";
import { rowOf, useScrollKeeping } from "./thread-scroll";
import { MessagesSkeleton } from "./thread-skeleton";
import { useFirstUnread } from "./unread-line";
import { stillUnseen } from "./unseen";

const NEAR_TOP = 400;

interface MessageListProps {
  conversationId: string;
  /** The message at which it is opened, if not at its end. */
  at: string | undefined;
  /** Called when somebody wants to be at its end. */
  onEnd: () => void;
  /** Whether anything but a template can be sent now. */
  isOpen: boolean;
  /** How many were unread when it was opened; null as long as nobody knows. */
  unread: number | null;
  /** Called when somebody wants to see a message that is not loaded. */
  onJump: (messageId: string) => void;
  /** Called when somebody wants to answer a certain message. */
  onQuote: () => void;
}

export function MessageList(props: MessageListProps) {
  const { conversationId, at, onEnd, isOpen, unread, onJump, onQuote } = props;
  const { t } = useTranslation();
  const timeZone = useTimeZone();
  const me = useSession()?.user.id ?? "";
  const canWrite = usePermission("chat.write");
  const outbox = outboxOf(useQueryClient());
  const query = useThreadAt(conversationId, at);
  const { mutate: retry } = useRetryMessage();
  const { write } = useDraft(me, conversationId, "reply");
  const messages = useMemo(() => messagesOf(query.data), [query.data]);
  const { shown, folds } = useMemo(() => foldThread(messages), [messages]);
  const groups = useMemo(() => groupMessages(shown, timeZone, folds), [shown, timeZone, folds]);
  const done = useActivity(conversationId, query.hasNextPage ? messages[0]?.created_at : undefined);
  const items = useMemo(() => {
    const loaded = { messages, fromStart: !query.hasNextPage, toEnd: !query.hasPreviousPage };
    return withActivity(groups, done, loaded, timeZone);
  }, [groups, done, messages, query.hasNextPage, query.hasPreviousPage, timeZone]);
  const byReference = useMemo(() => indexByReference(shown, folds), [shown, folds]);
  const entries = stillUnseen(useOutboxEntries(outbox, conversationId), messages, me).filter(
    // A reaction is no bubble; only one that does not get through has to be spoken of.
    ({ body, state }) => body.type !== "reaction" || state !== "sending",
  );
  const firstUnread = useFirstUnread(shown, unread ?? 0, me);
  const [opened, setOpened] = useState<Message | null>(null);
  const [pointed, setPointed] = useState(at);
  const scroll = useScrollKeeping({
    messages: shown,
    pending: entries.length,
    me,
    at,
    isWhole: !query.hasPreviousPage,
    hasUnread: unread === null ? null : firstUnread !== null,
  });
  const jump = useRef<(id: string) => void>(null);
  jump.current = (id) => {
    const row = rowOf(scroll.box.current, id);
    if (!row) return onJump(id);
    setPointed(id);
    row.scrollIntoView({ block: "center" });
  };
  const thread = useMemo<ThreadActions>(
    () => ({ openFile: setOpened, jump: (id) => jump.current?.(id) }),
    [],
  );
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
  const context: RowContext = {
    folds,
    quotedBy,
    pointed,
    firstUnread,
    unread: unread ?? 0,
    timeZone,
    canWrite,
    onRetry: retry,
    actions: canWrite && isOpen ? actions : null,
  };
  const atEnd = scroll.atEnd && !query.hasPreviousPage;
  return (
    <ThreadContext value={thread}>
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
          <div ref={scroll.content}>
            {query.hasNextPage && (
              <div className="flex h-12 items-center justify-center">
                <Button size="sm" variant="ghost" onClick={() => void query.fetchNextPage()}>
                  {query.isFetchingNextPage ? t("state.loading") : t("thread.older")}
                </Button>
              </div>
            )}
            {byDay(items).map((day) => (
              <div key={day[0]?.key}>
                {day.map((item) => (
                  <ThreadRow key={item.key} item={item} context={context} />
                ))}
              </div>
            ))}
            {entries.map((entry) => (
              <PendingBubble
                key={entry.key}
                entry={entry}
                onRetry={() => outbox.retry(entry)}
                onDiscard={() => outbox.discard(entry)}
              />
            ))}
          </div>
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
      {opened && (
        <Gallery
          pictures={picturesOf(shown, folds)}
          opened={opened}
          timeZone={timeZone}
          onClose={() => setOpened(null)}
          onShow={({ id }) => thread.jump(id)}
        />
      )}
    </ThreadContext>
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
