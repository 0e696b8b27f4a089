/** People, actions and places from one box. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import {
  CheckCheck,
  Hand,
  Inbox,
  Keyboard,
  type LucideIcon,
  MessageSquareText,
  Phone,
  Tags,
  Users,
} from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "@/api/client";
import type { Conversation, MessageHit } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { Avatar } from "@/ui/badge";
import { contactName } from "./names";

export interface PaletteActions {
  take: (() => void) | null;
  close: (() => void) | null;
  help: () => void;
}

const ITEM =
  "flex cursor-pointer items-center gap-3 rounded-[6px] px-2 py-2 data-[selected=true]:bg-raised [&_svg]:size-4 [&_svg]:text-muted";
const GROUP =
  "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted";

/** Without words the most recent conversations; with some, whom and what they find. */
async function look(q: string, signal: AbortSignal): Promise<{ people: Conversation[]; said: MessageHit[] }> {
  if (!q) {
    const recent = await unwrap(api.GET("/api/conversations", { params: { query: { limit: 8 } }, signal }));
    return { people: recent.items, said: [] };
  }
  const found = await unwrap(api.GET("/api/search", { params: { query: { q, limit: 6 } }, signal }));
  return {
    people: found.conversations.items.map((hit) => hit.conversation),
    said: found.messages.items,
  };
}

interface PaletteProps {
  actions: PaletteActions;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What was written before it was there. */
  early: string;
}

export function Palette({ actions, open, onOpenChange: setOpen, early }: PaletteProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState(early);
  const q = useDeferredValue(text.trim());
  const canUsers = usePermission("users.read");
  const { data } = useQuery({
    queryKey: ["palette", q],
    queryFn: ({ signal }) => look(q, signal),
    enabled: open,
    placeholderData: keepPreviousData,
  });

  function run(action: () => void): void {
    setOpen(false);
    setText("");
    action();
  }
  const fits = (words: string) => words.toLowerCase().includes(text.trim().toLowerCase());
  const entry = (icon: LucideIcon, words: string, action: (() => void) | null) => ({ icon, words, action });
  const acts = [
    entry(Hand, t("owner.take"), actions.take),
    entry(CheckCheck, t("keys.close"), actions.close),
    entry(Keyboard, t("keys.title"), actions.help),
  ].filter((item) => item.action && fits(item.words));
  const places = [
    entry(Inbox, t("nav.inbox"), () => void navigate({ to: "/inbox" })),
    entry(Tags, t("settings.tags.title"), () => void navigate({ to: "/settings/tags" })),
    entry(Phone, t("settings.lines.title"), () => void navigate({ to: "/settings/lines" })),
    entry(Users, t("settings.users.title"), canUsers ? () => void navigate({ to: "/settings/users" }) : null),
  ].filter((item) => item.action && fits(item.words));

  return (
    <Command.Dialog
      open={open}
      onOpenChange={setOpen}
      shouldFilter={false}
      label={t("palette.title")}
      overlayClassName="fixed inset-0 z-40 bg-black/40"
      contentClassName="animate-appear fixed inset-x-2 top-[12dvh] z-50 mx-auto max-w-xl overflow-hidden rounded-md border border-line bg-surface shadow-lg"
    >
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder={t("palette.placeholder")}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none"
      />
      <Command.List className="max-h-[55dvh] overflow-y-auto p-1">
        <Command.Empty className="p-6 text-center text-muted">{t("palette.nothing")}</Command.Empty>
        {(data?.people.length ?? 0) > 0 && (
          <Command.Group heading={t("palette.conversations")} className={GROUP}>
            {data?.people.map((item) => (
              <Command.Item
                key={item.id}
                value={item.id}
                className={ITEM}
                onSelect={() =>
                  run(
                    () =>
                      void navigate({ to: "/inbox/$conversationId", params: { conversationId: item.id } }),
                  )
                }
              >
                <Avatar name={contactName(item.contact)} seed={item.contact.id} size="sm" />
                <span className="truncate">{contactName(item.contact)}</span>
                <span className="ml-auto shrink-0 text-list text-muted">{item.channel.display_name}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {(data?.said.length ?? 0) > 0 && (
          <Command.Group heading={t("search.messages")} className={GROUP}>
            {data?.said.map((hit) => (
              <Command.Item
                key={hit.id}
                value={hit.id}
                className={ITEM}
                onSelect={() =>
                  run(
                    () =>
                      void navigate({
                        to: "/inbox/$conversationId",
                        params: { conversationId: hit.conversation_id },
                        search: { at: hit.id },
                      }),
                  )
                }
              >
                <MessageSquareText aria-hidden />
                <span className="truncate">{hit.snippet}</span>
                <span className="ml-auto shrink-0 text-list text-muted">{contactName(hit.contact)}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {[
          { heading: "palette.actions", list: acts },
          { heading: "palette.places", list: places },
        ].map(
          ({ heading, list }) =>
            list.length > 0 && (
              <Command.Group key={heading} heading={t(heading)} className={GROUP}>
                {list.map(({ icon: Icon, words, action }) => (
                  <Command.Item
                    key={words}
                    value={words}
                    className={ITEM}
                    onSelect={() => action && run(action)}
                  >
                    <Icon aria-hidden />
                    {words}
                  </Command.Item>
                ))}
              </Command.Group>
            ),
        )}
      </Command.List>
    </Command.Dialog>
  );
}
