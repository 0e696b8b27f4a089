/** What the filter shows, in a sentence, and the way out of it. */
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { channelsQuery, tagsQuery, usersQuery } from "@/api/directory";
import { usePermission } from "@/api/use-session";
import { type InboxSearch, statusesOf } from "./filters";

export function FilterSentence({ search, onClear }: { search: InboxSearch; onClear: () => void }) {
  const { t, i18n } = useTranslation();
  const canUsers = usePermission("chat.write");
  const { data: channels } = useQuery(channelsQuery);
  const { data: tags } = useQuery(tagsQuery);
  const { data: users } = useQuery({ ...usersQuery, enabled: canUsers });
  const line = channels?.items.find((channel) => channel.id === search.line);
  const tag = tags?.items.find((item) => item.id === search.tag || item.name === search.tag);
  const owner = users?.items.find((user) => user.id === search.owner);
  const statuses = statusesOf(search).map((status) => t(`list.status.${status}`));
  const states = new Intl.ListFormat(i18n.language).format(
    statuses.map((words, place) => (place > 0 ? words.toLocaleLowerCase(i18n.language) : words)),
  );
  const parts = [
    states,
    search.unread && t("list.sentence.unread"),
    search.owner && t("list.sentence.owner", { name: owner?.name ?? "…" }),
    search.line && t("list.sentence.line", { name: line?.display_name ?? "…" }),
    search.tag && t("list.sentence.tag", { name: tag?.name ?? "…" }),
    search.window && t(`list.sentence.window.${search.window}`),
  ].filter(Boolean);
  return (
    <p className="flex items-center gap-2 border-t border-line bg-bg px-3 py-1.5 text-list text-muted">
      <span className="min-w-0 flex-1">{parts.join(" ")}</span>
      <button
        type="button"
        onClick={onClear}
        className="inline-flex shrink-0 items-center gap-1 rounded-[4px] font-medium text-accent hover:underline"
      >
        <X aria-hidden className="size-3.5" />
        {t("list.clear")}
      </button>
    </p>
  );
}
