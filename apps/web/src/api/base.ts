/** Where the API lives: the page's own origin unless the build says otherwise. */
export const API_BASE: string = import.meta.env["VITE_API_BASE"] ?? "";

/** Where a logo is: one that was uploaded lies below the API's own address. */
export function logoUrl(logo: string): string {
  return logo.startsWith("/") ? `${API_BASE}${logo}` : logo;
}

export function eventsUrl(since: number | null): string {
  const url = new URL("/api/events", API_BASE || window.location.origin);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (since !== null) url.searchParams.set("since", String(since));
  return url.toString();
}
