/** What one is told of, the newest first, and how one hears of it on this device. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { AtSign, BellOff, CheckCheck, Settings2, UserRoundCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Notification } from "@/api/types";
import { useSession } from "@/api/use-session";
import { cn } from "@/lib/cn";
import { formatFull, formatRowTime } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { LoadMore } from "@/ui/load-more";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { AlertSettings } from "./alert-settings";
import { notificationsQuery, useMarkSeen } from "./queries";
import { told } from "./words";

const ICONS = { mention: AtSign, assigned: UserRoundCheck } as const;

export function Notifications({ onOpened }: { onOpened: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useInfiniteQuery(notificationsQuery);
  const { mutate: see } = useMarkSeen();
  const impersonating = useSession()?.impersonating ?? false;
  const [settings, setSettings] = useState(false);
  const pages = query.data?.pages ?? [];
  const items = pages.flatMap((page) => page.items);

  function open(item: Notification): void {
    if (!impersonating) see({ ids: [item.id] });
    onOpened();
    void navigate({
      to: "/inbox/$conversationId",
      params: { conversationId: item.conversation_id },
      search: item.note ? { at: item.note.id } : {},
    });
  }

  return (
    <div className="flex max-h-[min(70dvh,36rem)] flex-col">
      <header className="flex items-center gap-1 border-b border-line py-1.5 pr-1.5 pl-3">
        <h2 className="flex-1 font-semibold">{t("notify.title")}</h2>
        {(pages[0]?.unread ?? 0) > 0 && !impersonating && (
          <Button size="sm" variant="ghost" onClick={() => see("all")}>
            <CheckCheck aria-hidden />
            {t("notify.seeAll")}
          </Button>
        )}
        <Button
          size="icon"
          variant="ghost"
          aria-expanded={settings}
          aria-label={t("notify.settings")}
          title={t("notify.settings")}
          onClick={() => setSettings(!settings)}
        >
          <Settings2 />
        </Button>
      </header>
      {settings && <AlertSettings />}
      <div className="min-h-0 flex-1 overflow-y-auto p-1">
        {query.isPending ? (
          <SkeletonRows rows={3} />
        ) : query.isError && items.length === 0 ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={BellOff} text={t("notify.empty")} />
        ) : (
          <ul>
            {items.map((item) => (
              <Row key={item.id} item={item} onOpen={() => open(item)} />
            ))}
          </ul>
        )}
        <LoadMore query={query} />
      </div>
    </div>
  );
}

function Row({ item, onOpen }: { item: Notification; onOpen: () => void }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const Icon = ICONS[item.kind];
  const isNew = item.seen_at === null;
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        className="flex w-full items-start gap-3 rounded-[6px] px-2 py-2 text-left hover:bg-raised"
      >
        <Icon
          aria-hidden
          className={cn("mt-0.5 size-4 shrink-0", item.kind === "mention" ? "text-note" : "text-accent")}
        />
        <span className="min-w-0 flex-1">
          <span className={cn("block wrap-anywhere", isNew && "font-medium")}>{told(item, t)}</span>
          {item.note && (
            <span className="line-clamp-2 text-list wrap-anywhere text-muted">{item.note.text}</span>
          )}
          <time
            dateTime={item.created_at}
            title={formatFull(item.created_at, i18n.language, timeZone)}
            className="text-xs text-muted"
          >
            {formatRowTime(item.created_at, useNow(), i18n.language, timeZone, t("time.now"))}
          </time>
        </span>
        {isNew && (
          <span className="mt-1.5 size-2 shrink-0 rounded-full bg-accent">
            <span className="sr-only">{t("notify.new")}</span>
          </span>
        )}
      </button>
    </li>
  );
}
