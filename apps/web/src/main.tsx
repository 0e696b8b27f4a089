/** Starts the application. */
import "./styles.css";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { sessionState, subscribeSession } from "./api/session";
import { makeQueryClient, Providers } from "./app/providers";
import { makeRouter } from "./app/router";
import { ready, withTexts } from "./lib/i18n";

const router = makeRouter();
const queryClient = makeQueryClient(() => {
  const { pathname } = router.state.location;
  if (pathname !== "/profile") void router.navigate({ to: "/profile", search: { enrol: true } });
});

// A session that ends elsewhere (another tab, the server) closes this desk too.
let wasActive = false;
subscribeSession(() => {
  const active = sessionState().status === "active";
  if (wasActive && !active) void router.invalidate();
  wasActive = active;
});

const root = document.getElementById("root");
if (root) {
  await ready;
  createRoot(root).render(
    <StrictMode>
      <Providers client={queryClient}>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  );
}

// A notification of the system was clicked: the worker says where it leads.
navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  const { type, path } = (data ?? {}) as { type?: string; path?: string };
  if (type === "OPEN" && path?.startsWith("/inbox/")) router.history.push(path);
});

// What the next visit needs is fetched once this one stands.
if (import.meta.env.PROD) void withTexts(import("./app/updates")).then((it) => it.keepUpToDate());
