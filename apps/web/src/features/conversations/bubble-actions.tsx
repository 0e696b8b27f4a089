/** What can be done about a message: answer it, react to it. */
import { ChevronDown, Reply } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { Menu, MenuItem } from "@/ui/menu";

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
    </Menu>
  );
}
