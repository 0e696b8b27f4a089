/** Roles as the page offers them: everything that the API knows, and nothing beyond one's own reach. */
import { readFileSync } from "node:fs";
import i18n from "i18next";
import { describe, expect, it } from "vitest";
import type { Role } from "@/api/types";
import { browserWords } from "@/features/profile/browser-words";
import { covers, GROUPS, type Reach, withImplied } from "@/features/settings/roles";
import { roleWords } from "@/lib/roles";

const description = JSON.parse(readFileSync("openapi.json", "utf8")) as {
  components: { schemas: { Permission: { enum: string[] } } };
};

const role: Role = {
  key: "noche",
  name: "Noche",
  permissions: ["chat.read"],
  conversations: "own",
  is_builtin: false,
  is_changed: false,
  is_fixed: false,
  user_count: 0,
  updated_at: "2026-11-30T00:00:00Z",
};
const reach: Reach = { role: "jefa", permissions: ["chat.read", "users.write"], conversations: "own" };

describe("permissions", () => {
  it("are all offered, each once", () => {
    const offered = GROUPS.flatMap(([, permissions]) => [...permissions]);
    expect(offered.toSorted()).toEqual(description.components.schemas.Permission.enum.toSorted());
  });

  it("come with what has to be seen", () => {
    expect(withImplied(new Set(["bot.write", "audit.read"]))).toEqual(
      new Set(["bot.write", "audit.read", "bot.read"]),
    );
  });
});

describe("a role", () => {
  it("is handed on by whoever has as much", () => {
    expect(covers(reach, role)).toBe(true);
    expect(covers(reach, { ...role, permissions: ["chat.read", "chat.write"] })).toBe(false);
    expect(covers(reach, { ...role, conversations: "all" })).toBe(false);
    expect(covers({ ...reach, conversations: "all" }, { ...role, conversations: "all" })).toBe(true);
  });

  it("from the beginning is called by its name in the reader's language, unless it was renamed", () => {
    const english = i18n.getFixedT("en");
    expect(roleWords(english, "caja", "Caja")).toBe("Cashier");
    expect(roleWords(english, "caja", "Mostrador")).toBe("Mostrador");
    expect(roleWords(english, "noche", "Noche")).toBe("Noche");
  });
});

it("a browser is called as its owner knows it", () => {
  const phone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
  expect(browserWords(phone)).toEqual({ name: "Safari · iOS", handheld: true });
  expect(browserWords("curl")).toMatchObject({ handheld: false });
  expect(browserWords(null)).toEqual({ name: null, handheld: false });
});
