/** Turns the server's hints into fresh data: one conversation at a time, each only once however many hints. */
import type { QueryClient } from "@tanstack/react-query";
import type { Conversation } from "@/api/types";
import { asProblem } from "@/lib/problem";
import type { RealtimeEvent } from "@/lib/realtime";
import { askAgain, isWhole, type MessageList, patchConversation, patchMessages, settled } from "./cache";
import { activityKey, COUNTS_KEY, conversationKey, LIST_KEY, messagesKey } from "./keys";
import { fetchConversation, fetchMessages } from "./queries";

const PARALLEL = 4;
/** Past this many changed conversations asking for the list again is cheaper. */
const FLOOD = 40;
const COUNTS_EVERY = 1_000;

interface Hint {
  created: boolean;
  updated: Set<string>;
}

/** Whether something was done to it, beside what is said in it. */
function isTouched(before: Conversation, now: Conversation): boolean {
  const tags = ({ tags }: Conversation) => tags.map(({ id }) => id).join(" ");
  return (
    before.status !== now.status ||
    before.snoozed_until !== now.snoozed_until ||
    before.assignee?.id !== now.assignee?.id ||
    tags(before) !== tags(now)
  );
}

/** Who wants to hear of what concerns whoever sits here. */
export interface Hearing {
  /** He is told of something. */
  notified: () => void;
  /** He has seen what he was told, here or at another desk. */
  seen: () => void;
  /** A customer has written. */
  written: (conversation: Conversation) => void;
}

export class EventSink {
  private waiting = new Map<string, Hint>();
  private running = new Set<string>();
  private countsTimer: number | undefined;

  constructor(
    private readonly client: QueryClient,
    private readonly me: () => string,
    private readonly hear: Hearing,
  ) {}

  receive = (event: RealtimeEvent): void => {
    if (event.event === "notification.created") this.hear.notified();
    else if (event.event === "notification.read") this.hear.seen();
    else this.take(event);
  };

  private take(event: RealtimeEvent): void {
    const hint = this.waiting.get(event.conversation_id) ?? { created: false, updated: new Set<string>() };
    if (event.event === "message.created") hint.created = true;
    if (event.event === "message.updated" && event.message_id) hint.updated.add(event.message_id);
    this.waiting.set(event.conversation_id, hint);
    this.countSoon();
    if (this.waiting.size > FLOOD) {
      this.waiting.clear();
      this.resync();
      return;
    }
    this.pump();
  }

  /** Something was missed: everything on the screen is asked for again. */
  resync = (): void => {
    askAgain(this.client, ["conversations"]);
  };

  private countSoon(): void {
    this.countsTimer ??= window.setTimeout(() => {
      this.countsTimer = undefined;
      void this.client.invalidateQueries({ queryKey: COUNTS_KEY });
    }, COUNTS_EVERY);
  }

  private pump(): void {
    for (const [id, hint] of this.waiting) {
      if (this.running.size >= PARALLEL) return;
      if (this.running.has(id)) continue;
      this.waiting.delete(id);
      this.running.add(id);
      void this.catchUp(id, hint).finally(() => {
        this.running.delete(id);
        this.pump();
      });
    }
  }

  private async catchUp(id: string, hint: Hint): Promise<void> {
    try {
      const [conversation] = await Promise.all([fetchConversation(id), this.catchUpMessages(id, hint)]);
      const before = this.client.getQueryData<Conversation>(conversationKey(id));
      patchConversation(this.client, conversation, this.me());
      if (before && isTouched(before, conversation)) {
        void this.client.invalidateQueries({ queryKey: activityKey(id) });
      }
      const isNew = before?.last_message?.id !== conversation.last_message?.id;
      if (hint.created && isNew && conversation.last_message?.direction === "in")
        this.hear.written(conversation);
    } catch (error) {
      if (asProblem(error).code === "not_found") {
        this.client.removeQueries({ queryKey: conversationKey(id) });
        void this.client.invalidateQueries({ queryKey: LIST_KEY });
      } else {
        void this.client.invalidateQueries({ queryKey: conversationKey(id) });
      }
    }
  }

  private async catchUpMessages(id: string, hint: Hint): Promise<void> {
    await settled(this.client, messagesKey(id));
    const known = this.client.getQueryData<MessageList>(messagesKey(id));
    if (!known) return;
    // Somebody reads further up: what is new comes when he goes down.
    if (!isWhole(known)) hint.created = false;
    const newest = known.pages[0]?.items[0];
    if (hint.created && newest) {
      const page = await fetchMessages(id, { limit: 200, after: newest.id });
      patchMessages(this.client, id, page.items);
      if (page.next_cursor) void this.client.invalidateQueries({ queryKey: messagesKey(id) });
    }
    if (hint.updated.size > 0 || (hint.created && !newest)) {
      const page = await fetchMessages(id, { limit: 50 });
      patchMessages(this.client, id, page.items);
      for (const message of page.items) hint.updated.delete(message.id);
      const loaded = known.pages.some((p) => p.items.some((m) => hint.updated.has(m.id)));
      if (loaded) void this.client.invalidateQueries({ queryKey: messagesKey(id) });
    }
  }
}
