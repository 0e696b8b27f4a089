/** Every code that WhatsApp or this product can fail with is explained in every language. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { meaningOf } from "@/features/conversations/meta-codes";
import enErrors from "@/locales/errors/en.json";
import esErrors from "@/locales/errors/es.json";
import ptErrors from "@/locales/errors/pt.json";
import en from "@/locales/later/en.json";

const crates = "../../crates";
const rust = (path: string) => readFileSync(`${crates}/${path}`, "utf8");

/** The rows of the server's table: from, to, class. */
const TABLE = [...rust("whatsapp/src/error/table.rs").matchAll(/\((\d[\d_]*)\.\.=(\d[\d_]*), (\w+),/g)].map(
  ([, from = "", to = "", kind = ""]) => ({
    codes: range(Number(from.replaceAll("_", "")), Number(to.replaceAll("_", ""))),
    kind,
  }),
);

function range(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

/** As `apps/api/src/routes/messages/body.rs` names them. */
const own = (() => {
  const body = readFileSync("../api/src/routes/messages/body.rs", "utf8");
  const listed = /or one of ours: ([\s\S]*?)\.\n/.exec(body)?.[1] ?? "";
  return listed
    .replaceAll("///", "")
    .split(",")
    .map((code) => code.trim());
})();

const catalogues: Record<string, Record<string, { what: string; do: string }>> = {
  es: esErrors,
  en: enErrors,
  pt: ptErrors,
};

describe("the reasons of failed messages", () => {
  it("are read from the server's own table", () => {
    expect(TABLE.length).toBeGreaterThan(50);
    expect(TABLE.flatMap((row) => row.codes)).toContain("131026");
    expect(own).toContain("not_confirmed");
    expect(own.length).toBeGreaterThanOrEqual(10);
  });

  it.each(Object.keys(catalogues))("have a text for every code in %s", (language) => {
    const codes = [...TABLE.flatMap((row) => row.codes), ...own];
    const without = codes.filter((code) => {
      const text = catalogues[language]?.[meaningOf(code)?.text ?? ""];
      return !text?.what.trim() || !text.do.trim();
    });
    expect(without).toEqual([]);
  });

  it("never say that sending again does not help where the server thinks it may", () => {
    const hopeful = TABLE.filter((row) => row.kind !== "Permanent").flatMap((row) => row.codes);
    expect(hopeful.filter((code) => meaningOf(code)?.again === "never")).toEqual([]);
  });

  it("have no text that no code leads to", () => {
    const used = new Set([...TABLE.flatMap((row) => row.codes), ...own].map((code) => meaningOf(code)?.text));
    expect(Object.keys(esErrors).filter((text) => !used.has(text))).toEqual([]);
  });

  it("leave a code of tomorrow to the general words", () => {
    expect(meaningOf("999999")).toBeNull();
    expect(meaningOf("constructor")).toBeNull();
  });
});

describe("the problems of lines", () => {
  const words = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? "");

  it("have words for every code and every advice", () => {
    const health = en.lineHealth as { code: Record<string, string>; advice: Record<string, string> };
    const problems = rust("engine/src/line_health/report/problems.rs");
    const codes = [
      ...words(problems, /problem\(\s*"(\w+)"/g),
      ...words(problems, /CHECK_FAILED: &str = "(\w+)"/g),
    ];
    const advice = words(
      rust("engine/src/line_health/advice.rs").split("enum LineAdvice")[1] ?? "",
      /Self::\w+ => "(\w+)"/g,
    );
    expect(codes.length).toBeGreaterThan(10);
    expect(advice.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !(code in health.code))).toEqual([]);
    expect(advice.filter((word) => !(word in health.advice))).toEqual([]);
  });
});
