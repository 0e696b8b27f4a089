/** What the list shows: kept in the address, sent to the API, and applied to what arrives live. */
import { z } from "zod";
import type { Conversation } from "@/api/types";

export const TABS = ["mine", "unassigned", "all"] as const;
export const STATUS_CHOICES = ["active", "open", "pending", "snoozed", "closed", "any"] as const;

export const inboxSearch = z.object({
  tab: z.enum(TABS).optional().catch(undefined),
  status: z.enum(STATUS_CHOICES).optional().catch(undefined),
  line: z.string().optional().catch(undefined),
  tag: z.string().optional().catch(undefined),
  unread: z.boolean().optional().catch(undefined),
  q: z.string().optional().catch(undefined),
});

export type InboxSearch = z.infer<typeof inboxSearch>;

export interface ListParams {
  status?: string;
  assignee?: string;
  tag?: string;
  channel_id?: string;
  unread?: true;
  q?: string;
}

export function listParams(search: InboxSearch): ListParams {
  const params: ListParams = {};
  const status = search.status ?? "active";
  if (status === "active") params.status = "open,pending";
  else if (status !== "any") params.status = status;
  if (search.tab === "mine") params.assignee = "me";
  if (search.tab === "unassigned") params.assignee = "unassigned";
  if (search.tag) params.tag = search.tag;
  if (search.line) params.channel_id = search.line;
  if (search.unread) params.unread = true;
  if (search.q) params.q = search.q;
  return params;
}

/** True when something narrower than the tab is chosen. */
export function isFiltered(search: InboxSearch): boolean {
  const status = search.status ?? "active";
  return status !== "active" || Boolean(search.line || search.tag || search.unread || search.q);
}

/** Whether a conversation stays in a list, and whether it may enter it: matches of a search only the server knows. */
export function matchesParams(
  conversation: Conversation,
  params: ListParams,
  me: string,
): { keep: boolean; insert: boolean } {
  const owner = conversation.assignee?.id ?? null;
  const keep =
    (!params.status || params.status.split(",").includes(conversation.status)) &&
    (!params.channel_id || conversation.channel.id === params.channel_id) &&
    (!params.tag || conversation.tags.some((tag) => tag.id === params.tag || tag.name === params.tag)) &&
    (params.assignee !== "me" || owner === me) &&
    (params.assignee !== "unassigned" || owner === null);
  // A conversation just read stays where it is until the list is asked for again.
  const insert = keep && !params.q && (!params.unread || conversation.unread_count > 0);
  return { keep, insert };
}
