/** The one outbox of this browser tab. */
import type { QueryClient } from "@tanstack/react-query";
import { sessionState, subscribeSession } from "@/api/session";
import { patchMessages } from "./cache";
import { Outbox } from "./outbox";
import { postText } from "./queries";

const outboxes = new WeakMap<QueryClient, Outbox>();

export function outboxOf(client: QueryClient): Outbox {
  const known = outboxes.get(client);
  if (known) return known;
  const outbox = new Outbox({
    post: postText,
    onAccepted: (message) => patchMessages(client, message.conversation_id, [message]),
  });
  outboxes.set(client, outbox);
  window.addEventListener("online", outbox.flush);
  // What one person wrote must not be sent in the next one's name.
  subscribeSession(() => {
    if (sessionState().status === "anonymous") outbox.clear();
  });
  return outbox;
}
