/** What all sounds of the desk share: one plays at a time, the next note goes on by itself, all at one speed. */
import { useSyncExternalStore } from "react";
import { readStored, writeStored } from "@/lib/storage";

const SPEED_KEY = "centralita.speed";
const SPEEDS = [1, 1.5, 2];

const players = new Map<string, HTMLAudioElement>();
const listeners = new Set<() => void>();
let speed = SPEEDS.find((known) => String(known) === readStored(SPEED_KEY)) ?? 1;

export function useSpeed(): number {
  return useSyncExternalStore(
    (notify) => {
      listeners.add(notify);
      return () => listeners.delete(notify);
    },
    () => speed,
  );
}

export function nextSpeed(): void {
  speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1;
  writeStored(SPEED_KEY, String(speed));
  for (const player of players.values()) player.playbackRate = speed;
  for (const notify of listeners) notify();
}

export function addPlayer(id: string, player: HTMLAudioElement): () => void {
  players.set(id, player);
  return () => {
    if (players.get(id) === player) players.delete(id);
  };
}

/** Silences all others. */
export function isPlaying(id: string): void {
  for (const [other, player] of players) if (other !== id) player.pause();
}

/** Goes on with the next message when that is a spoken one too. */
export function hasEnded(face: HTMLElement | null): void {
  const row = face?.closest("[data-message]");
  let next = row?.nextElementSibling ?? null;
  while (next && !next.matches("[data-message]")) next = next.nextElementSibling;
  const id = next?.querySelector<HTMLElement>("[data-voice]")?.dataset["voice"];
  if (id) void players.get(id)?.play();
}
