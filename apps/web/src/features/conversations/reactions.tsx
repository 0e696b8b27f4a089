/** The reactions under a bubble: each emoji once, with who gave it. */
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { senderName } from "./payload";

export function Reactions({ reactions, end }: { reactions: Message[]; end: boolean }) {
  const { t } = useTranslation();
  if (reactions.length === 0) return null;
  const people = new Map<string, string[]>();
  for (const reaction of reactions) {
    const emoji = reaction.text?.trim() ?? "";
    const name =
      senderName(reaction.payload) ??
      reaction.author.name ??
      t(reaction.direction === "in" ? "content.customer" : "content.phone");
    people.set(emoji, [...(people.get(emoji) ?? []), name]);
  }
  return (
    <ul
      aria-label={t("content.reactions")}
      className={cn("relative -mt-1.5 flex flex-wrap gap-1 px-2", end && "justify-end")}
    >
      {[...people].map(([emoji, names]) => (
        <li
          key={emoji}
          title={names.join(", ")}
          className="tabular rounded-full border border-line bg-surface px-1.5 text-list leading-5"
        >
          {emoji}
          {names.length > 1 && <span className="ml-1 text-xs text-muted">{names.length}</span>}
          <span className="sr-only">{names.join(", ")}</span>
        </li>
      ))}
    </ul>
  );
}
