/** How one hears of things on this device: a sound, and a message of the system while the desk is out of sight. */
import { useSyncExternalStore } from "react";
import { readStored, writeStored } from "@/lib/storage";

const KEY = "centralita.alerts";

/** Of whose conversations: one's own, also nobody's, or everybody's. */
export const WHOSE = ["mine", "open", "all"] as const;

export interface Alerts {
  sound: boolean;
  system: boolean;
  whose: (typeof WHOSE)[number];
}

const FIRST: Alerts = { sound: true, system: false, whose: "mine" };
const listeners = new Set<() => void>();
let shown: Alerts | null = null;

function parse(stored: string | null): Alerts {
  try {
    const kept = JSON.parse(stored ?? "{}") as Partial<Alerts>;
    return {
      sound: kept.sound ?? FIRST.sound,
      system: kept.system ?? FIRST.system,
      whose: WHOSE.find((whose) => whose === kept.whose) ?? FIRST.whose,
    };
  } catch {
    return FIRST;
  }
}

export function alerts(): Alerts {
  shown ??= parse(readStored(KEY));
  return shown;
}

export function setAlerts(change: Partial<Alerts>): void {
  shown = { ...alerts(), ...change };
  writeStored(KEY, JSON.stringify(shown));
  for (const listener of listeners) listener();
}

export function useAlerts(): Alerts {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, alerts);
}

window.addEventListener("storage", (event) => {
  if (event.key !== null && event.key !== KEY) return;
  shown = null;
  for (const listener of listeners) listener();
});
