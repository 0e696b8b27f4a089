/** What is told while an answer is on its way is not lost when that answer, which may be older, comes. */
import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { ConversationPage } from "@/api/types";
import { askAgain, patchConversation } from "@/features/conversations/cache";
import { listKey } from "@/features/conversations/keys";
import { sampleConversation } from "./samples";

const KEY = listKey({});
const page = (items: ConversationPage["items"]): ConversationPage => ({ items, next_cursor: null });

function listOnItsWay(client: QueryClient) {
  const answers: ((page: ConversationPage) => void)[] = [];
  const loaded = client.fetchInfiniteQuery({
    queryKey: KEY,
    queryFn: () => new Promise<ConversationPage>((resolve) => answers.push(resolve)),
    initialPageParam: null as string | null,
  });
  return { answers, loaded };
}

const ids = (client: QueryClient) =>
  client
    .getQueryData<{ pages: ConversationPage[] }>(KEY)
    ?.pages.flatMap(({ items }) => items.map(({ id }) => id));

test("a conversation that begins while the list is read for the first time is in the list", async () => {
  const client = new QueryClient();
  const { answers, loaded } = listOnItsWay(client);
  const known = sampleConversation({ id: "known", last_activity_at: "2026-03-01T11:00:00Z" });
  patchConversation(client, sampleConversation({ id: "new" }), "u1");
  answers[0]?.(page([known]));
  await loaded;
  await expect.poll(() => ids(client)).toEqual(["new", "known"]);
});

test("what changes while the list is read again stays changed", async () => {
  const client = new QueryClient();
  const before = sampleConversation({ id: "v1", unread_count: 2 });
  const first = listOnItsWay(client);
  first.answers[0]?.(page([before]));
  await first.loaded;
  const again = listOnItsWay(client);
  patchConversation(client, { ...before, unread_count: 0 }, "u1");
  again.answers[0]?.(page([before]));
  await again.loaded;
  const shown = () =>
    client.getQueryData<{ pages: ConversationPage[] }>(KEY)?.pages[0]?.items[0]?.unread_count;
  await expect.poll(shown).toBe(0);
});

test("a list that was on its way when everything was to be read again is read again", async () => {
  const client = new QueryClient();
  const { answers, loaded } = listOnItsWay(client);
  askAgain(client, ["conversations"]);
  answers[0]?.(page([]));
  await loaded;
  await expect.poll(() => client.getQueryState(KEY)?.isInvalidated).toBe(true);
});
