/** Decides which of what happens is worth a sound: what others do that concerns whoever sits here. */
import type { QueryClient } from "@tanstack/react-query";
import i18n from "i18next";
import type { Conversation } from "@/api/types";
import { alerts } from "./alerts";
import { fetchNotifications, NOTIFICATIONS_KEY } from "./queries";
import { ring } from "./ring";
import { told } from "./words";

/** The newest that was told already, so that each is told once. */
let heard: string | null = null;

/** Something new is in the list of what one is told of. */
export async function hearNotification(client: QueryClient): Promise<void> {
  const page = await fetchNotifications(null);
  void client.invalidateQueries({ queryKey: NOTIFICATIONS_KEY });
  const newest = page.items.find((item) => item.seen_at === null);
  if (!newest || newest.id === heard) return;
  heard = newest.id;
  ring({
    title: told(newest, i18n.t),
    body: newest.note?.text ?? "",
    path: `/inbox/${newest.conversation_id}`,
  });
}

function concerns(conversation: Conversation, me: string): boolean {
  const { whose } = alerts();
  const owner = conversation.assignee?.id ?? null;
  return whose === "all" || owner === me || (whose === "open" && owner === null);
}

/** A customer has written. Whoever has the conversation before his eyes sees it. */
export function hearCustomer(conversation: Conversation, me: string): void {
  const path = `/inbox/${conversation.id}`;
  const isSeen = document.hasFocus() && window.location.pathname === path;
  if (isSeen || !concerns(conversation, me)) return;
  const { name, phone } = conversation.contact;
  ring({
    title: name || (phone ?? ""),
    body: conversation.last_message?.text ?? i18n.t("notify.wrote"),
    path,
  });
}
