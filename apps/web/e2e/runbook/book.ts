/** The operator's manual, as a test reads it: what a test does and the manual does not say, fails here. */
import { readFileSync } from "node:fs";

const TEXT = readFileSync(new URL("../../../../docs/RUNBOOK.es.md", import.meta.url), "utf8");
const BLOCKS = [...TEXT.matchAll(/^( *)```(?:sh|sql)\n([\s\S]*?)^\1```$/gm)].map(
  ([, indent = "", lines = ""]) =>
    lines
      .split("\n")
      .map((line) => line.slice(indent.length))
      .join("\n"),
);

/** The one block of commands that has `part`. */
export function block(part: string): string {
  const found = BLOCKS.filter((text) => text.includes(part));
  const [only] = found;
  if (found.length !== 1 || !only) throw new Error(`The runbook has ${found.length} blocks with “${part}”`);
  return only;
}

/** A block's lines that begin with `start`. */
export function linesOf(text: string, start: string): string {
  const found = text.split("\n").filter((line) => line.startsWith(start));
  if (found.length === 0) throw new Error(`No line of this block begins with “${start}”:\n${text}`);
  return found.join("\n");
}

/** The text without the ends of its lines. */
const WORDS = TEXT.replace(/\s+/g, " ");

/** What a button, a field or a heading is called, which the runbook has to name. */
export function named(label: string): string {
  if (!WORDS.includes(label)) throw new Error(`The runbook does not mention “${label}”`);
  return label;
}

/** A row of the table of variables, as a line of the operator's file. */
export function variable(name: string, value: string): string {
  named(`\`${name}\``);
  return `${name}=${value}\n`;
}
