/** Whether the browser would put the desk on the home screen, and how to ask for it. */
import { useSyncExternalStore } from "react";

/** What Chromium hands out before it shows its own prompt; other browsers have their own menus. */
interface InstallPrompt extends Event {
  prompt: () => Promise<{ outcome: "accepted" | "dismissed" }>;
}

let offered: InstallPrompt | null = null;
const listeners = new Set<() => void>();

function set(next: InstallPrompt | null): void {
  offered = next;
  for (const listener of listeners) listener();
}

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  set(event as InstallPrompt);
});
window.addEventListener("appinstalled", () => set(null));

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Asks the person; null when there is nothing to ask. A prompt can be shown once. */
export function useInstall(): (() => void) | null {
  const prompt = useSyncExternalStore(subscribe, () => offered);
  if (!prompt) return null;
  return () => {
    set(null);
    void prompt.prompt();
  };
}
