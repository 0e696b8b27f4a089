/** Close, and beside it what else can happen to a conversation. */
import { AlarmClock, CalendarClock, CheckCheck, ChevronDown, CirclePause, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, ConversationPatch } from "@/api/types";
import { Button } from "@/ui/button";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/ui/menu";
import { toast } from "@/ui/toast";
import { usePatchConversation } from "./queries";
import { SnoozeDialog } from "./snooze-dialog";

/** Later today, tomorrow at nine and next Monday at nine, on the reader's clock. */
function snoozeTimes(now: Date): { key: string; at: Date }[] {
  const nineIn = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9);
  return [
    { key: "hours", at: new Date(now.getTime() + 3 * 3_600_000) },
    { key: "tomorrow", at: nineIn(1) },
    { key: "monday", at: nineIn((8 - now.getDay()) % 7 || 7) },
  ];
}

function useStatusChange(conversation: Conversation) {
  const { t } = useTranslation();
  const patch = usePatchConversation();
  return (value: ConversationPatch) =>
    patch.mutate(
      { conversation, value },
      { onSuccess: (changed) => toast.success(t(`toast.status.${changed.status}`)) },
    );
}

export function StatusMenu({ conversation }: { conversation: Conversation }) {
  const { t, i18n } = useTranslation();
  const change = useStatusChange(conversation);
  const [asking, setAsking] = useState(false);
  const closed = conversation.status === "closed";
  const when = new Intl.DateTimeFormat(i18n.language, {
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (
    <div className="flex">
      <Button
        size="sm"
        variant={closed ? "secondary" : "primary"}
        className="rounded-r-none"
        onClick={() => change({ status: closed ? "open" : "closed" })}
      >
        {closed ? <RotateCcw aria-hidden /> : <CheckCheck aria-hidden />}
        <span className="max-sm:sr-only">{t(closed ? "action.reopen" : "action.close")}</span>
      </Button>
      <Menu
        trigger={
          <Button
            size="sm"
            variant={closed ? "secondary" : "primary"}
            data-hotkey="status"
            aria-label={t("thread.moreStatus")}
            className="rounded-l-none border-l border-l-surface/40 px-1"
          >
            <ChevronDown />
          </Button>
        }
      >
        {conversation.status !== "open" && (
          <MenuItem onSelect={() => change({ status: "open" })}>
            <RotateCcw />
            {t("action.reopen")}
          </MenuItem>
        )}
        {conversation.status !== "pending" && (
          <MenuItem onSelect={() => change({ status: "pending" })}>
            <CirclePause />
            {t("action.pending")}
          </MenuItem>
        )}
        {!closed && (
          <MenuItem onSelect={() => change({ status: "closed" })}>
            <CheckCheck />
            {t("action.close")}
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuLabel>{t("action.snooze")}</MenuLabel>
        {snoozeTimes(new Date()).map(({ key, at }) => (
          <MenuItem key={key} onSelect={() => change({ status: "snoozed", snoozed_until: at.toISOString() })}>
            <AlarmClock />
            <span className="flex-1">{t(`snooze.${key}`)}</span>
            <span className="tabular text-xs text-muted">{when.format(at)}</span>
          </MenuItem>
        ))}
        <MenuItem onSelect={() => setAsking(true)}>
          <CalendarClock />
          {t("snooze.custom")}
        </MenuItem>
      </Menu>
      <SnoozeDialog
        open={asking}
        onClose={() => setAsking(false)}
        onPick={(until) => {
          setAsking(false);
          change({ status: "snoozed", snoozed_until: until });
        }}
      />
    </div>
  );
}
