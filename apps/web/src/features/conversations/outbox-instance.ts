/** The one outbox of this browser tab. */
import type { QueryClient } from "@tanstack/react-query";
import { sessionState, subscribeSession } from "@/api/session";
import { patchMessages } from "./cache";
import { Outbox } from "./outbox";
import { browserStore } from "./outbox-store";
import { postMessage } from "./queries";

const outboxes = new WeakMap<QueryClient, Outbox>();

async function exclusively(key: string, work: () => Promise<void>): Promise<void> {
  if (!("locks" in navigator)) return work();
  await navigator.locks.request(`centralita.outbox.${key}`, work);
}

export function outboxOf(client: QueryClient): Outbox {
  const known = outboxes.get(client);
  if (known) return known;
  const outbox = new Outbox({
    post: postMessage,
    onAccepted: (message) => patchMessages(client, message.conversation_id, [message]),
    exclusively,
  });
  outboxes.set(client, outbox);
  window.addEventListener("online", outbox.flush);
  // What one person wrote must not be sent in the next one's name.
  let owner = "";
  const follow = (): void => {
    const state = sessionState();
    const next = state.status === "active" ? state.user.id : "";
    if (next === owner) return;
    owner = next;
    if (owner) outbox.open(browserStore(owner));
    else outbox.close();
  };
  subscribeSession(follow);
  follow();
  return outbox;
}
