/** A conversation in the list: whose line, who owns it, how long the window stays open. */
import { Link } from "@tanstack/react-router";
import {
  AlarmClock,
  Bot,
  CheckCircle2,
  CirclePause,
  Lock,
  Pencil,
  Smartphone,
  UserRound,
} from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, LastMessage } from "@/api/types";
import { useSession } from "@/api/use-session";
import { cn } from "@/lib/cn";
import { useLongPress } from "@/lib/long-press";
import { hueOf, initials } from "@/lib/names";
import { formatFull, formatRowTime } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { Avatar, TagChip } from "@/ui/badge";
import { useDraftWords } from "./drafts";
import { isFromPhone, kindIcon, previewWords } from "./message-kind";
import { contactName } from "./names";
import { Tick } from "./tick";
import { WindowRing } from "./window-ring";

interface RowProps {
  conversation: Conversation;
  active: boolean;
  cursor: boolean;
  dense: boolean;
  timeZone: string;
  chosen: boolean;
  /** Whether any is chosen: then every row shows its box. */
  choosing: boolean;
  onChoose: ((id: string, range: boolean) => void) | null;
}

export const ConversationRow = memo(function ConversationRow(props: RowProps) {
  const { conversation, active, cursor, dense, timeZone, chosen, choosing, onChoose } = props;
  const { t, i18n } = useTranslation();
  const now = useNow();
  const { contact, channel, assignee, tags, unread_count: unread } = conversation;
  const name = contactName(contact);
  const press = useLongPress(onChoose && (() => onChoose(conversation.id, false)));
  const unsent = useDraftWords(useSession()?.user.id ?? "", conversation.id);
  return (
    <div className="group/row relative h-full" {...press}>
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: conversation.id }}
        search={(previous: object) => ({ ...previous, at: undefined })}
        aria-current={active ? "true" : undefined}
        className={cn(
          "relative flex h-full touch-manipulation items-center gap-3 [-webkit-touch-callout:none] border-b border-line px-3 outline-offset-[-2px] hover:bg-raised/60",
          active && "bg-raised hover:bg-raised",
          chosen && "bg-accent/10 hover:bg-accent/15",
          cursor && "outline-2 outline-accent",
        )}
      >
        {active && <span aria-hidden className="absolute inset-y-0 left-0 w-[3px] bg-accent" />}
        <span className={cn("relative", onChoose && (choosing ? "opacity-0" : "group-hover/row:opacity-0"))}>
          <Avatar name={name} seed={contact.id} size={dense ? "sm" : "md"} />
          <LineBadge name={channel.display_name} id={channel.id} />
        </span>
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className={cn("truncate", unread ? "font-semibold" : "font-medium")}>{name}</span>
            <StatusMark conversation={conversation} />
            <time
              dateTime={conversation.last_activity_at}
              title={formatFull(conversation.last_activity_at, i18n.language, timeZone)}
              className={cn("ml-auto shrink-0 text-xs", unread ? "font-medium text-accent" : "text-muted")}
            >
              {formatRowTime(conversation.last_activity_at, now, i18n.language, timeZone, t("time.now"))}
            </time>
          </span>
          <span className="flex items-center gap-1.5 text-list text-muted">
            {unsent && !active ? (
              <Unsent words={unsent} />
            ) : (
              <Preview message={conversation.last_message} strong={unread > 0} />
            )}
            {dense && <WindowRing compact expiresAt={conversation.window_expires_at} />}
            {unread > 0 && (
              <span className="tabular ml-auto shrink-0 rounded-full bg-accent px-1.5 text-xs leading-[18px] font-semibold text-accent-ink">
                <span aria-hidden>{unread > 99 ? "99+" : unread}</span>
                <span className="sr-only">{t("list.unread", { count: unread })}</span>
              </span>
            )}
          </span>
          {!dense && (
            <span className="mt-1 flex h-5 items-center gap-1.5 overflow-hidden">
              <span
                className={cn(
                  "inline-flex max-w-28 shrink-0 items-center gap-1 text-xs",
                  assignee ? "text-ink" : "text-muted",
                )}
              >
                <UserRound aria-hidden className="size-3 shrink-0" />
                <span className="truncate" title={assignee?.name}>
                  {assignee?.name.split(" ")[0] ?? t("owner.nobody")}
                </span>
              </span>
              {tags.slice(0, 2).map((tag) => (
                <TagChip key={tag.id} name={tag.name} color={tag.color} />
              ))}
              {tags.length > 2 && <span className="text-xs text-muted">+{tags.length - 2}</span>}
              <span className="ml-auto shrink-0">
                <WindowRing compact expiresAt={conversation.window_expires_at} />
              </span>
            </span>
          )}
        </span>
      </Link>
      {onChoose && (
        <label
          className={cn(
            "absolute inset-y-0 left-0 flex items-center justify-center",
            dense ? "w-14" : "w-16",
            choosing ||
              "pointer-events-none opacity-0 group-hover/row:pointer-events-auto group-hover/row:opacity-100 focus-within:pointer-events-auto focus-within:opacity-100",
          )}
        >
          <input
            type="checkbox"
            aria-label={t("bulk.choose", { name })}
            checked={chosen}
            onChange={(event) => onChoose(conversation.id, (event.nativeEvent as MouseEvent).shiftKey)}
            className="size-4.5 accent-(--accent)"
          />
        </label>
      )}
    </div>
  );
});

function LineBadge({ name, id }: { name: string; id: string }) {
  const { t } = useTranslation();
  return (
    <span
      title={t("list.line", { name })}
      className="absolute -right-1 -bottom-1 flex h-4 min-w-4 items-center justify-center rounded-full border-2 border-surface bg-[hsl(var(--hue)_45%_35%)] px-0.5 text-[9px] leading-none font-bold text-white"
      style={{ "--hue": hueOf(id) } as React.CSSProperties}
    >
      {/* Lines of one company share their first word; the last one tells them apart. */}
      <span aria-hidden>{initials(name).slice(-1)}</span>
      <span className="sr-only">{t("list.line", { name })}</span>
    </span>
  );
}

function StatusMark({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const { status } = conversation;
  if (status === "open") return null;
  const Icon = status === "pending" ? CirclePause : status === "snoozed" ? AlarmClock : CheckCircle2;
  return (
    <span className="inline-flex shrink-0 items-center gap-1 text-xs text-muted">
      <Icon aria-hidden className="size-3" />
      {t(`conversationStatus.${status}`)}
    </span>
  );
}

function Unsent({ words }: { words: string }) {
  const { t } = useTranslation();
  return (
    <span className="flex min-w-0 items-center gap-1">
      <Pencil aria-hidden className="size-3.5 shrink-0 text-accent" />
      <span className="truncate">{t("draft.row", { words })}</span>
    </span>
  );
}

function Preview({ message, strong }: { message: LastMessage | null; strong: boolean }) {
  const { t } = useTranslation();
  if (!message) return <span className="truncate">{t("list.noMessages")}</span>;
  const Icon = message.type === "text" || message.direction === "note" ? null : kindIcon(message.type);
  return (
    <span className={cn("flex min-w-0 items-center gap-1", strong && "text-ink")}>
      {message.direction === "out" && <Tick status={message.status} />}
      {message.direction === "note" && (
        <Lock role="img" aria-label={t("kind.note")} className="size-3.5 shrink-0 text-note" />
      )}
      {message.author?.kind === "bot" && (
        <Bot role="img" aria-label={t("author.bot")} className="size-3.5 shrink-0 text-bot" />
      )}
      {message.author && isFromPhone({ ...message, author: message.author }) && (
        <Smartphone role="img" aria-label={t("content.fromPhone")} className="size-3.5 shrink-0" />
      )}
      {Icon && <Icon aria-hidden className="size-3.5 shrink-0" />}
      <span className="truncate">
        {message.direction === "note" ? message.text : previewWords(message, t)}
      </span>
    </span>
  );
}
