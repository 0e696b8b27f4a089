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
