/** Above the box: who else reads this conversation, or writes an answer to it at this moment. */
import { Eye, PenLine } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { Avatar } from "@/ui/badge";
import { useNeighbours } from "./presence";

export function Neighbours({ conversationId }: { conversationId: string }) {
  const { t, i18n } = useTranslation();
  const people = useNeighbours(conversationId);
  const writing = people.filter((one) => one.typing);
  const shown = writing.length > 0 ? writing : people;
  const Icon = writing.length > 0 ? PenLine : Eye;
  const names = new Intl.ListFormat(i18n.language).format(shown.map((one) => one.name));
  return (
    <div role="status" aria-live="polite" className="bg-surface">
      {shown.length > 0 && (
        <p
          className={cn(
            "flex items-center gap-2 border-t border-line px-4 py-1 text-list",
            writing.length > 0 ? "text-warn" : "text-muted",
          )}
        >
          <Icon aria-hidden className="size-3.5 shrink-0" />
          <span aria-hidden className="flex -space-x-1.5">
            {shown.slice(0, 3).map((one) => (
              <Avatar key={one.id} name={one.name} seed={one.id} size="sm" />
            ))}
          </span>
          <span className="min-w-0 truncate">
            {t(writing.length > 0 ? "presence.writing" : "presence.reading", { names, count: shown.length })}
          </span>
        </p>
      )}
    </div>
  );
}
