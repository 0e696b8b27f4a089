/** The three languages say the same things, and say everything the code asks for. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "@/locales/en.json";
import enErrors from "@/locales/errors/en.json";
import esErrors from "@/locales/errors/es.json";
import ptErrors from "@/locales/errors/pt.json";
import es from "@/locales/es.json";
import enLater from "@/locales/later/en.json";
import esLater from "@/locales/later/es.json";
import ptLater from "@/locales/later/pt.json";
import pt from "@/locales/pt.json";

function flatten(value: object, prefix = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, child] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (typeof child === "string") out.set(path, child);
    else for (const [k, v] of flatten(child as object, path)) out.set(k, v);
  }
  return out;
}

const catalogues = {
  es: flatten({ ...es, ...esLater, meta: esErrors }),
  en: flatten({ ...en, ...enLater, meta: enErrors }),
  pt: flatten({ ...pt, ...ptLater, meta: ptErrors }),
};
const base = (key: string) => key.replace(/_(one|other|many|zero|two|few)$/, "");

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".gen.ts") ? [readFileSync(path, "utf8")] : [];
  });
}

/** What comes with a module without being asked for: files, and what they say. */
function comesWith(path: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(path)) return found;
  const text = readFileSync(path, "utf8");
  found.set(path, text);
  for (const [, types, , name] of text.matchAll(/^(?:import|export)( type)? ([^;]*?from )?"([^"]+)"/gm)) {
    if (types || !name) continue;
    const at = name.startsWith("@/") ? join("src", name.slice(2)) : join(dirname(path), name);
    const file = [`${at}.ts`, `${at}.tsx`].find((candidate) => existsSync(candidate));
    if (file) comesWith(file, found);
  }
  return found;
}

describe("catalogues", () => {
  it("have what the first screens say among what comes first", () => {
    const first = comesWith("src/main.tsx");
    expect(first.size).toBeGreaterThan(50);
    // The words of these two are looked up by code, and the general ones stand in for them.
    first.delete("src/lib/problem.ts");
    const later = Object.keys(esLater).map((section) => new RegExp(`["\`]${section}\\.\\w+(\\.|["\`])`));
    const early = [...first].filter(([, text]) =>
      later.some((section) => section.test(text.replaceAll(/usePermission\([^)]*\)|may\([^)]*\)/g, ""))),
    );
    expect(early.map(([path]) => path)).toEqual([]);
  });

  it.each(["en", "pt"] as const)("%s has exactly the keys of es", (language) => {
    const wanted = [...catalogues.es.keys()].sort();
    expect([...catalogues[language].keys()].sort()).toEqual(wanted);
  });

  it.each(["es", "en", "pt"] as const)("%s has no empty text", (language) => {
    expect([...catalogues[language]].filter(([, text]) => !text.trim())).toEqual([]);
  });

  it.each(["en", "pt"] as const)("%s fills in the same values as es", (language) => {
    const values = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((m) => m[1]).sort();
    const differing = [...catalogues.es].filter(
      ([key, text]) => values(text).join() !== values(catalogues[language].get(key) ?? "").join(),
    );
    expect(differing.map(([key]) => key)).toEqual([]);
  });

  it("has every key the code names", () => {
    const known = new Set([...catalogues.es.keys()].map(base));
    const code = sources("src").join("\n");
    const literal = [...code.matchAll(/\bt\(\s*"([^"]+)"/g)].map((m) => m[1] ?? "");
    const chosen = [...code.matchAll(/\bt\([^()"`]*\? "([^"]+)" : "([^"]+)"/g)].flatMap((m) => [
      m[1] ?? "",
      m[2] ?? "",
    ]);
    const messages = [...code.matchAll(/"(form\.\w+)"/g)].map((m) => m[1] ?? "");
    expect([...literal, ...chosen, ...messages].filter((key) => !known.has(key))).toEqual([]);
  });

  it("has a section for every key the code puts together", () => {
    const keys = [...catalogues.es.keys()];
    const code = sources("src").join("\n");
    const prefixes = [...code.matchAll(/[ (`]t\(\s*(?:\w+ \? )?`([\w.]+)\.\$\{/g)].map((m) => m[1] ?? "");
    expect(prefixes.length).toBeGreaterThan(10);
    expect(prefixes.filter((prefix) => !keys.some((key) => key.startsWith(`${prefix}.`)))).toEqual([]);
  });
});
