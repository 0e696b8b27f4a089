/** What the list shows: kept in the address, sent to the API, and applied to what arrives live. */

import type { Conversation, View, ViewFilter } from "@/api/types";
import { maybe, v } from "@/lib/search";

export const TABS = ["mine", "unassigned", "all"] as const;
export const STATUSES = ["open", "pending", "snoozed", "closed"] as const;
export const WINDOWS = ["closing", "open", "closed"] as const;
export const SORTS = ["newest", "oldest", "window"] as const;

type Status = (typeof STATUSES)[number];

/** What is shown unless something else is asked for. */
const ACTIVE: Status[] = ["open", "pending"];
const CLOSING_HOURS = 4;

export const inboxSearch = v.object({
  tab: maybe(v.picklist(TABS)),
  /** Names with commas between them; absent: what is active. */
  status: maybe(v.string()),
  line: maybe(v.string()),
  tag: maybe(v.string()),
  owner: maybe(v.string()),
  unread: maybe(v.boolean()),
  window: maybe(v.picklist(WINDOWS)),
  sort: maybe(v.picklist(SORTS)),
  q: maybe(v.string()),
  /** The message at which the thread is opened. */
  at: maybe(v.string()),
});

export type InboxSearch = v.InferOutput<typeof inboxSearch>;

/** A search without any of the filters; the tab and the order stay. */
export const NO_FILTER = {
  status: undefined,
  line: undefined,
  tag: undefined,
  owner: undefined,
  unread: undefined,
  window: undefined,
  q: undefined,
} satisfies Partial<InboxSearch>;

export interface CountParams {
  status?: string;
  tag?: string;
  channel_id?: string;
  unread?: boolean;
  window?: (typeof WINDOWS)[number];
}

export interface ListParams extends CountParams {
  assignee?: string;
  sort?: (typeof SORTS)[number];
}

/** The states that are shown, in their order. */
export function statusesOf(search: InboxSearch): Status[] {
  const chosen = search.status?.split(",");
  const known = STATUSES.filter((status) => chosen?.includes(status));
  return known.length > 0 ? known : ACTIVE;
}

/** The states as the address keeps them. */
export function statusText(statuses: readonly string[]): string | undefined {
  const known = STATUSES.filter((status) => statuses.includes(status));
  const usual = known.length === 0 || known.join() === ACTIVE.join();
  return usual ? undefined : known.join();
}

export function countParams(search: InboxSearch): CountParams {
  const params: CountParams = { status: statusesOf(search).join() };
  if (search.tag) params.tag = search.tag;
  if (search.line) params.channel_id = search.line;
  if (search.unread) params.unread = true;
  if (search.window) params.window = search.window;
  return params;
}

export function listParams(search: InboxSearch): ListParams {
  const params: ListParams = countParams(search);
  if (search.owner) params.assignee = search.owner;
  else if (search.tab === "mine") params.assignee = "me";
  else if (search.tab === "unassigned") params.assignee = "unassigned";
  if (search.sort && search.sort !== "newest") params.sort = search.sort;
  return params;
}

/** True when something narrower than the tab is chosen. */
export function isFiltered(search: InboxSearch): boolean {
  const { line, tag, owner, unread, window, status } = search;
  return Boolean(line || tag || owner || unread || window || statusText(status?.split(",") ?? []));
}

/** What is on the screen, as a view keeps it. */
export function viewFilter(search: InboxSearch): ViewFilter {
  const { sort: _sort, ...filter } = listParams(search);
  return filter;
}

/** What a view shows, as the address says it. */
export function searchOfView({ filter, sort }: View): InboxSearch {
  const { assignee } = filter;
  const tab = assignee === "me" ? "mine" : assignee === "unassigned" ? "unassigned" : undefined;
  const window = WINDOWS.find((name) => name === filter.window);
  return {
    ...NO_FILTER,
    tab,
    status: statusText(filter.status?.split(",") ?? STATUSES),
    line: filter.channel_id ?? undefined,
    tag: filter.tag ?? undefined,
    owner: assignee && !tab ? assignee : undefined,
    unread: filter.unread || undefined,
    window,
    sort: sort === "newest" ? undefined : sort,
  };
}

function windowFits(conversation: Conversation, window: ListParams["window"]): boolean {
  if (!window) return true;
  const left = Date.parse(conversation.window_expires_at ?? "") - Date.now();
  if (window === "closed") return !(left > 0);
  return left > 0 && (window === "open" || left <= CLOSING_HOURS * 3_600_000);
}

/** Whether a conversation stays in a list, and whether it may enter it. */
export function matchesParams(
  conversation: Conversation,
  params: ListParams,
  me: string,
): { keep: boolean; insert: boolean } {
  const owner = conversation.assignee?.id ?? null;
  const { assignee } = params;
  const keep =
    (!params.status || params.status.split(",").includes(conversation.status)) &&
    (!params.channel_id || conversation.channel.id === params.channel_id) &&
    (!params.tag || conversation.tags.some((tag) => tag.id === params.tag || tag.name === params.tag)) &&
    (!assignee || owner === (assignee === "me" ? me : assignee === "unassigned" ? null : assignee)) &&
    windowFits(conversation, params.window);
  // A conversation just read stays where it is until the list is asked for again.
  const insert = keep && (!params.unread || conversation.unread_count > 0);
  return { keep, insert };
}
