/** What can be done about a message: answer it, react to it; and how far ours came, when. */
import { ChevronDown, Reply } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatMoment } from "@/lib/time";
import { Menu, MenuItem } from "@/ui/menu";
import { Tick } from "./tick";

export interface BubbleActions {
  onAnswer: (message: Message) => void;
  /** Empty takes the own reaction back. */
  onReact: (message: Message, emoji: string) => void;
}

/** The six that WhatsApp offers first. */
const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

interface MenuProps {
  message: Message;
  /** Our own reaction to it, if there is one. */
  own: string | null;
  actions: BubbleActions;
}

export function BubbleMenu({ message, own, actions }: MenuProps) {
  const { t } = useTranslation();
  const answering = useRef(false);
  return (
    <Menu
      align="start"
      onClosed={(event) => {
        if (!answering.current) return;
        answering.current = false;
        // The focus goes to where the answer is written.
        event.preventDefault();
        actions.onAnswer(message);
      }}
      trigger={
        <button
          type="button"
          aria-label={t("thread.actions")}
          className="-my-1 mr-auto -ml-1.5 flex size-6 items-center justify-center rounded-[6px] text-muted opacity-0 group-hover:opacity-100 hover:bg-raised hover:text-ink focus-visible:opacity-100 data-[state=open]:opacity-100 [@media(hover:none)]:opacity-100"
        >
          <ChevronDown aria-hidden className="size-4" />
        </button>
      }
    >
      <MenuItem onSelect={() => (answering.current = true)}>
        <Reply />
        {t("thread.answer")}
      </MenuItem>
      <div className="mt-1 flex gap-0.5 border-t border-line pt-1">
        {EMOJI.map((emoji) => (
          <MenuItem
            key={emoji}
            aria-label={t(emoji === own ? "thread.unreact" : "thread.react", { emoji })}
            className={cn("size-9 justify-center px-0 text-lg", emoji === own && "bg-accent/15")}
            onSelect={() => actions.onReact(message, emoji === own ? "" : emoji)}
          >
            {emoji}
          </MenuItem>
        ))}
      </div>
      {message.direction === "out" && <Times message={message} />}
    </Menu>
  );
}

const STEPS = ["sent", "delivered", "read", "failed"] as const;

/** They are items so that arrow keys and screen readers come by them; choosing one does nothing. */
function Times({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const known = STEPS.flatMap((step) => {
    const at = message.status_at[step];
    return at ? [{ step, at }] : [];
  });
  if (known.length === 0) return null;
  return (
    <div className="mt-1 border-t border-line pt-1">
      {known.map(({ step, at }) => (
        <MenuItem
          key={step}
          className="cursor-default text-list text-muted"
          onSelect={(event) => event.preventDefault()}
        >
          <Tick status={step} />
          <span className="flex-1">{t(`status.${step}`)}</span>
          <time dateTime={at} className="tabular">
            {formatMoment(at, i18n.language, timeZone)}
          </time>
        </MenuItem>
      ))}
    </div>
  );
}
