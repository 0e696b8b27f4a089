/** The typed API client: adds the token, renews it once on 401, throws problems. */
import createClient from "openapi-fetch";
import { asProblem, ProblemError } from "@/lib/problem";
import { API_BASE } from "./base";
import type { paths } from "./schema.gen";
import { freshToken, renewSession, sessionState } from "./session";

function withToken(request: Request, token: string | null): Request {
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

/** Below here are the ways in, which know nobody yet; but for changing the company. */
const WAYS_IN = "/api/auth/";
const SWITCH = "/api/auth/switch";

async function authorisedFetch(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  // Its 401 is about the other company, so there is nothing to renew.
  if (path === SWITCH) return fetch(withToken(request, await freshToken()));
  if (path.startsWith(WAYS_IN)) return fetch(request);
  const again = request.clone();
  const response = await fetch(withToken(request, await freshToken()));
  if (response.status !== 401 || sessionState().status !== "active") return response;
  if (!(await renewSession())) return response;
  return fetch(withToken(again, await freshToken()));
}

export const api = createClient<paths>({
  baseUrl: API_BASE || window.location.origin,
  fetch: authorisedFetch,
});

/** The answer's body, or a ProblemError: callers never look at a status. */
export async function unwrap<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  let answer: { data?: T; error?: unknown; response: Response };
  try {
    answer = await call;
  } catch (error) {
    // An abandoned request is no failure: the query layer recognises it by its own name.
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw asProblem(error);
  }
  if (answer.response.ok) return answer.data as T;
  const body = typeof answer.error === "object" && answer.error !== null ? answer.error : {};
  throw new ProblemError(body, answer.response.status);
}
