/** One clock for the whole desk: rings and relative times move together, every ten seconds. */
import { useSyncExternalStore } from "react";

const STEP = 10_000;
let now = Date.now();
let timer: number | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const notify of listeners) notify();
  }, STEP);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.clearInterval(timer);
      timer = undefined;
    }
  };
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => {
    // A message may be newer than the last step; a clock behind it would show the future.
    if (Date.now() - now > STEP) now = Date.now();
    return now;
  });
}
