/** Where a person belongs. */
import type { SessionState } from "./session";

/** The first page of a signed-in person. */
export function homeOf(session: SessionState): "/login" | "/superadmin" | "/inbox" | "/start" {
  if (session.status !== "active") return "/login";
  if (session.user.permissions.includes("platform") && !session.tenant) return "/superadmin";
  return session.user.permissions.includes("chat.read") ? "/inbox" : "/start";
}
