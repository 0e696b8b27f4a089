/** One renewal at a time, and an ended session stays ended. */
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { api, unwrap } from "@/api/client";
import { adoptSession, sessionState } from "@/api/session";
import { sampleSession } from "./samples";

let renewals = 0;
const server = setupServer(
  http.get("*/api/me", ({ request }) =>
    request.headers.get("Authorization") === "Bearer fresh"
      ? HttpResponse.json({ user: sampleSession.user })
      : HttpResponse.json({ code: "session_expired" }, { status: 401 }),
  ),
);
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

it("renews once for many requests, and each is answered", async () => {
  adoptSession({ ...sampleSession, refresh_token: "r1" });
  server.use(
    http.post("*/api/auth/refresh", async ({ request }) => {
      renewals += 1;
      expect(await request.json()).toEqual({ refresh_token: "r1" });
      return HttpResponse.json({ ...sampleSession, access_token: "fresh", refresh_token: "r2" });
    }),
  );
  const answers = await Promise.all([1, 2, 3].map(() => unwrap(api.GET("/api/me"))));
  expect(answers.map((answer) => answer.user.id)).toEqual(["u1", "u1", "u1"]);
  expect(renewals).toBe(1);
  expect(localStorage.getItem("centralita.refresh")).toBe("r2");
});

it("ends the session when it cannot be renewed", async () => {
  adoptSession(sampleSession);
  server.use(
    http.post("*/api/auth/refresh", () => HttpResponse.json({ code: "session_expired" }, { status: 401 })),
  );
  await expect(unwrap(api.GET("/api/me"))).rejects.toMatchObject({ code: "session_expired" });
  expect(sessionState().status).toBe("anonymous");
});
