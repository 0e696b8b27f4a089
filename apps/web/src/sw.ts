/**
 * The service worker: keeps the desk's own files, so that it opens without a network and at once with one.
 * It never touches the API: what customers wrote is kept by the server alone.
 */
/// <reference lib="webworker" />
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();

// Any page of the desk is the same file; whatever a server may answer on the same address is not a page of it.
registerRoute(
  new NavigationRoute(createHandlerBoundToURL("/index.html"), {
    denylist: [/^\/(api|webhook|health|metrics|debug|legal)(\/|$)/],
  }),
);

// A new release takes over when whoever works says so, not in the middle of a sentence.
self.addEventListener("message", (event) => {
  if ((event.data as { type?: string } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});

/** What the server tells a browser, as `engine::pushing` writes it. */
interface Told {
  kind: "message" | "mention" | "assigned";
  conversation_id: string;
  message_id: string | null;
  contact: string;
  text: string | null;
}

const WORDS: Record<string, Record<Told["kind"], string>> = {
  es: { message: "Mensaje nuevo", mention: "Mención en una nota", assigned: "Conversación asignada" },
  en: { message: "New message", mention: "Mention in a note", assigned: "Conversation assigned" },
  pt: { message: "Mensagem nova", mention: "Menção em uma nota", assigned: "Conversa atribuída" },
};

/** Whether somebody has the desk before his eyes: it tells him itself then. */
async function isSeen(): Promise<boolean> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.some((window) => window.focused);
}

async function show(told: Told): Promise<void> {
  if (await isSeen()) return;
  const words = WORDS[navigator.language.slice(0, 2)] ?? WORDS["en"];
  const what = words?.[told.kind] ?? "";
  const at = told.kind === "mention" && told.message_id ? `?at=${told.message_id}` : "";
  const path = `/inbox/${told.conversation_id}`;
  const title = told.kind === "message" ? told.contact : `${what}: ${told.contact}`;
  await self.registration.showNotification(title, {
    body: told.text ?? what,
    // What concerns the same conversation takes the place of what was there.
    tag: path,
    icon: "/icons/192.png",
    data: { path: path + at },
  });
}

self.addEventListener("push", (event) => {
  const told = event.data?.json() as Told | undefined;
  if (told) event.waitUntil(show(told));
});

async function lead(path: string): Promise<void> {
  const [desk] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!desk) {
    await self.clients.openWindow(path);
    return;
  }
  // A browser may refuse to bring a window to the front; the way is shown all the same.
  await desk.focus().catch(() => undefined);
  // The desk goes there by itself, so that nothing that is being written is lost.
  desk.postMessage({ type: "OPEN", path });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { path } = (event.notification.data ?? {}) as { path?: string };
  if (path) event.waitUntil(lead(path));
});
