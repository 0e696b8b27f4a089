/** What a search finds: people, and messages that open their thread where they stand. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { ConversationHit, MessageHit, TextRange } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatFull, formatRowTime } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { Avatar } from "@/ui/badge";
import { Button } from "@/ui/button";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";
import { contactName } from "./names";
import { conversationSearchQuery, messageSearchQuery } from "./queries";

interface ResultsProps {
  text: string;
  openId: string | null;
  at: string | undefined;
}

export function SearchResults({ text, openId, at }: ResultsProps) {
  const { t } = useTranslation();
  const people = useInfiniteQuery(conversationSearchQuery(text));
  const said = useInfiniteQuery(messageSearchQuery(text));
  const hits = people.data?.pages.flatMap((page) => page.items) ?? [];
  const messages = said.data?.pages.flatMap((page) => page.items) ?? [];
  if (people.isPending || said.isPending) return <ResultsSkeleton />;
  const failed = [people, said].find((query) => query.isError);
  if (failed && hits.length === 0 && messages.length === 0) {
    return (
      <ErrorState error={failed.error} onRetry={() => void Promise.all([people.refetch(), said.refetch()])} />
    );
  }
  if (hits.length === 0 && messages.length === 0) {
    return <EmptyState icon={SearchX} text={t("search.nothing", { q: text })} />;
  }
  return (
    <section
      aria-label={t("search.label")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="h-full overflow-y-auto overscroll-contain outline-offset-[-2px]"
    >
      {hits.length > 0 && (
        <Group title={t("search.people")} more={people}>
          {hits.map((hit) => (
            <Person key={hit.conversation.id} hit={hit} active={hit.conversation.id === openId && !at} />
          ))}
        </Group>
      )}
      {messages.length > 0 && (
        <Group title={t("search.messages")} more={said}>
          {messages.map((hit) => (
            <Said key={`${hit.id} ${hit.snippet}`} hit={hit} active={hit.id === at} />
          ))}
        </Group>
      )}
    </section>
  );
}

interface GroupProps {
  title: string;
  more: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  children: ReactNode;
}

function Group({ title, more, children }: GroupProps) {
  const { t } = useTranslation();
  return (
    <div>
      <h2 className="sticky top-0 z-10 border-b border-line bg-bg px-3 py-1.5 text-xs font-medium text-muted">
        {title}
      </h2>
      <ul>{children}</ul>
      {more.hasNextPage && (
        <div className="flex h-12 items-center justify-center border-b border-line">
          <Button
            size="sm"
            variant="ghost"
            disabled={more.isFetchingNextPage}
            onClick={() => void more.fetchNextPage()}
          >
            {more.isFetchingNextPage ? t("state.loading") : t("search.more")}
          </Button>
        </div>
      )}
    </div>
  );
}

const ROW = "flex items-center gap-3 border-b border-line px-3 py-2 outline-offset-[-2px] hover:bg-raised/60";

function Person({ hit, active }: { hit: ConversationHit; active: boolean }) {
  const { contact, channel, id } = hit.conversation;
  const name = contactName(contact);
  return (
    <li>
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: id }}
        search={(previous: object) => ({ ...previous, at: undefined })}
        aria-current={active ? "true" : undefined}
        className={cn(ROW, active && "bg-raised")}
      >
        <Avatar name={name} seed={contact.id} size="sm" />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">
            {name === contact.name ? <Marked text={name} ranges={hit.name_highlights} /> : name}
          </span>
          <span className="tabular flex gap-2 text-list text-muted">
            {contact.phone && (
              <span>
                <Marked text={contact.phone} ranges={hit.phone_highlights} />
              </span>
            )}
            <span className="truncate">{channel.display_name}</span>
          </span>
        </span>
      </Link>
    </li>
  );
}

function Said({ hit, active }: { hit: MessageHit; active: boolean }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const now = useNow();
  return (
    <li>
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: hit.conversation_id }}
        search={(previous: object) => ({ ...previous, at: hit.id })}
        aria-current={active ? "true" : undefined}
        className={cn(ROW, active && "bg-raised")}
      >
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className="truncate font-medium">{contactName(hit.contact)}</span>
            {hit.direction !== "in" && (
              <span className="shrink-0 text-xs text-muted">{t(`search.${hit.direction}`)}</span>
            )}
            <time
              dateTime={hit.created_at}
              title={formatFull(hit.created_at, i18n.language, timeZone)}
              className="ml-auto shrink-0 text-xs text-muted"
            >
              {formatRowTime(hit.created_at, now, i18n.language, timeZone, t("time.now"))}
            </time>
          </span>
          <span className="line-clamp-2 text-list text-muted">
            <Marked text={hit.snippet} ranges={hit.highlights} />
          </span>
        </span>
      </Link>
    </li>
  );
}

/** A text with stretches of it marked. */
function Marked({ text, ranges }: { text: string; ranges: TextRange[] }) {
  let end = 0;
  return (
    <>
      {ranges.map((range) => {
        const before = text.slice(end, range.start);
        end = range.end;
        return (
          <span key={range.start}>
            {before}
            <mark className="rounded-[2px] bg-note-bg text-ink">{text.slice(range.start, range.end)}</mark>
          </span>
        );
      })}
      {text.slice(ranges.at(-1)?.end ?? 0)}
    </>
  );
}

function ResultsSkeleton() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("state.loading")} className="grid gap-4 p-3">
      {["a", "b", "c", "d", "e"].map((row) => (
        <div key={row} className="grid gap-2">
          <Skeleton className="h-3.5 w-1/2" />
          <Skeleton className="h-3 w-4/5" />
        </div>
      ))}
    </div>
  );
}
