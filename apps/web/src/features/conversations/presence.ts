/** Who else of the team is there: at a desk, at this conversation, writing in it. */
import { useEffect, useSyncExternalStore } from "react";
import type { Look, Neighbour } from "@/lib/realtime";

/** Whoever pressed no key for this long does not write any more. */
const STILL = 6_000;
const NOBODY: Neighbour[] = [];
const NOWHERE: Look = { conversation: null, typing: false };

let here: { conversation: string; people: Neighbour[] } | null = null;
let online: ReadonlySet<string> = new Set();
let looking: Look = NOWHERE;
let speak: ((look: Look) => void) | null = null;
let still: number | undefined;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function showHere(conversation: string, people: Neighbour[]): void {
  here = { conversation, people };
  tell();
}

export function showOnline(people: string[]): void {
  online = new Set(people);
  tell();
}

/** Without a line nobody knows who is there. */
export function forgetPresence(): void {
  here = null;
  online = new Set();
  tell();
}

/** Whatever is looked at is said by `say` from now on; returns how to stop it. */
export function speakThrough(say: (look: Look) => void): () => void {
  speak = say;
  say(looking);
  return () => {
    if (speak === say) speak = null;
  };
}

function look(next: Look): void {
  if (next.conversation === looking.conversation && next.typing === looking.typing) return;
  looking = next;
  speak?.(next);
}

/** Says that this conversation is before the person, as long as it is and the page is seen. */
export function useLook(conversation: string): void {
  useEffect(() => {
    function update(): void {
      const isSeen = document.visibilityState === "visible";
      look(isSeen ? { conversation, typing: false } : NOWHERE);
    }
    update();
    document.addEventListener("visibilitychange", update);
    return () => {
      document.removeEventListener("visibilitychange", update);
      look(NOWHERE);
    };
  }, [conversation]);
}

/** To be called on every key of an answer. */
export function sayTyping(): void {
  window.clearTimeout(still);
  still = window.setTimeout(() => look({ ...looking, typing: false }), STILL);
  if (looking.conversation) look({ ...looking, typing: true });
}

/** To be called once it is sent. */
export function sayStill(): void {
  window.clearTimeout(still);
  look({ ...looking, typing: false });
}

/** The others at this conversation. */
export function useNeighbours(conversation: string): Neighbour[] {
  return useSyncExternalStore(subscribe, () => (here?.conversation === conversation ? here.people : NOBODY));
}

/** The ids of everybody at a desk; empty while nobody knows. */
export function useOnline(): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => online);
}
