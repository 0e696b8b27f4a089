/** The list of conversations: endless, virtual, live. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Inbox, SearchX } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Conversation } from "@/api/types";
import { Button } from "@/ui/button";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { ConversationRow } from "./conversation-row";
import { type InboxSearch, isFiltered, listParams } from "./filters";
import { conversationListQuery } from "./queries";
import type { Selection } from "./selection";

/** The loaded conversations of the list, in order. */
export function useConversationList(search: InboxSearch) {
  const query = useInfiniteQuery(conversationListQuery(listParams(search)));
  const items: Conversation[] = query.data?.pages.flatMap((page) => page.items) ?? [];
  return { query, items };
}

interface ListProps {
  search: InboxSearch;
  openId: string | null;
  cursorId: string | null;
  dense: boolean;
  /** Null where nothing can be changed. */
  selection: Selection | null;
  onClear: () => void;
}

export function ConversationList(props: ListProps) {
  const { search, openId, cursorId, dense, selection, onClear } = props;
  const { t } = useTranslation();
  const timeZone = useTimeZone();
  const { query, items } = useConversationList(search);
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = dense ? 52 : 82;
  const rows = useVirtualizer({
    count: items.length + (query.hasNextPage ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => items[index]?.id ?? "more",
    overscan: 8,
  });
  const virtual = rows.getVirtualItems();
  const lastIndex = virtual.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;

  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && lastIndex >= items.length - 5) {
      void fetchNextPage();
    }
  }, [lastIndex, items.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of density changes every row
  useEffect(() => rows.measure(), [rowHeight]);

  const cursorIndex = items.findIndex((item) => item.id === cursorId);
  useEffect(() => {
    if (cursorIndex >= 0) rows.scrollToIndex(cursorIndex);
  }, [cursorIndex, rows]);

  if (query.isPending) return <ListSkeleton dense={dense} />;
  if (query.isError && items.length === 0) {
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (items.length === 0) {
    return isFiltered(search) ? (
      <EmptyState icon={SearchX} text={t("list.emptyFiltered")}>
        <Button onClick={onClear}>{t("list.clear")}</Button>
      </EmptyState>
    ) : (
      <EmptyState icon={Inbox} text={t(`list.empty.${search.tab ?? "all"}`)} />
    );
  }
  return (
    <div ref={scroller} className="h-full overflow-y-auto overscroll-contain [contain:strict]">
      <ul aria-label={t("list.label")} className="relative" style={{ height: rows.getTotalSize() }}>
        {virtual.map((row) => {
          const conversation = items[row.index];
          return (
            <li
              key={row.key}
              className="absolute inset-x-0 top-0"
              style={{ height: row.size, transform: `translateY(${row.start}px)` }}
            >
              {conversation ? (
                <ConversationRow
                  conversation={conversation}
                  active={conversation.id === openId}
                  cursor={conversation.id === cursorId}
                  dense={dense}
                  timeZone={timeZone}
                  chosen={selection?.ids.has(conversation.id) ?? false}
                  choosing={(selection?.ids.size ?? 0) > 0}
                  onChoose={selection?.toggle ?? null}
                />
              ) : isFetchNextPageError ? (
                <div className="flex h-full items-center justify-center">
                  <Button size="sm" onClick={() => void fetchNextPage()}>
                    {t("action.retry")}
                  </Button>
                </div>
              ) : (
                <RowSkeleton />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-full items-center gap-3 border-b border-line px-3">
      <Skeleton className="size-10 shrink-0 rounded-full" />
      <div className="grid flex-1 gap-2">
        <Skeleton className="h-3.5 w-1/2" />
        <Skeleton className="h-3 w-4/5" />
      </div>
    </div>
  );
}

function ListSkeleton({ dense }: { dense: boolean }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("state.loading")} className="h-full overflow-hidden">
      {Array.from({ length: 10 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no other identity
        <div key={row} className={dense ? "h-13" : "h-[82px]"}>
          <RowSkeleton />
        </div>
      ))}
    </div>
  );
}
