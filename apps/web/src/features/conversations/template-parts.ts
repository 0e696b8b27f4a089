/** What a template wants filled in, and what it becomes: Meta's components, read and written. Pure. */
import type { SendableTemplate } from "@/api/types";
import { child, list, text } from "./payload";

/** A place in a template that somebody has to fill. */
export interface Blank {
  part: "header" | "body" | "button";
  /** What stands between the braces; of a file its kind. */
  name: string;
  /** Which button. */
  place: number;
  kind: "text" | "link" | "code";
}

const BRACES = /\{\{\s*(\w+)\s*\}\}/g;
const FILES = new Set(["image", "video", "document"]);
/** Buttons that want nothing. */
const PLAIN = new Set(["quick_reply", "phone_number"]);

function namesIn(words: string | null): string[] {
  return [...new Set([...(words ?? "").matchAll(BRACES)].map(([, name]) => name ?? ""))];
}

function kindOf(component: unknown, member = "type"): string {
  return (text(component, member) ?? "").toLowerCase();
}

/** All of them; null where one wants more than can be filled in. */
function joined(parts: (Blank[] | null)[]): Blank[] | null {
  const possible = parts.filter((blanks) => blanks !== null);
  return possible.length < parts.length ? null : possible.flat();
}

function ofHeader(header: unknown): Blank[] | null {
  const format = kindOf(header, "format") || "text";
  if (FILES.has(format)) return [{ part: "header", name: format, place: 0, kind: "link" }];
  if (format !== "text") return null;
  return namesIn(text(header, "text")).map((name) => ({ part: "header", name, place: 0, kind: "text" }));
}

function ofButton(button: unknown, place: number): Blank[] | null {
  const kind = kindOf(button);
  if (PLAIN.has(kind)) return [];
  if (kind === "copy_code") return [{ part: "button", name: "code", place, kind: "code" }];
  if (kind !== "url") return null;
  return namesIn(text(button, "url")).map((name) => ({ part: "button", name, place, kind: "text" }));
}

function ofComponent(component: unknown): Blank[] | null {
  switch (kindOf(component)) {
    case "header":
      return ofHeader(component);
    case "body":
      return namesIn(text(component, "text")).map((name) => ({ part: "body", name, place: 0, kind: "text" }));
    case "footer":
      return [];
    case "buttons":
      return joined(list(component, "buttons").map(ofButton));
    default:
      return null;
  }
}

/** What has to be filled in; null: it wants more than words, a link or a code, as carousels and forms do. */
export function blanksOf({ components, category }: SendableTemplate): Blank[] | null {
  if (category.toLowerCase() === "authentication") return null;
  return joined(components.map(ofComponent));
}

/** The text of one part, and its buttons, as the template has them. */
export function partOf({ components }: SendableTemplate, kind: "header" | "body" | "footer"): string {
  return (
    text(
      components.find((component) => kindOf(component) === kind),
      "text",
    ) ?? ""
  );
}

export function buttonsOf({ components }: SendableTemplate): string[] {
  const buttons = components.find((component) => kindOf(component) === "buttons");
  return list(buttons, "buttons").flatMap((button) => text(button, "text") ?? []);
}

/** A part's words with what was filled in; what is not yet stays as it is written in the template. */
export function filledIn(words: string, part: Blank["part"], blanks: Blank[], values: string[]): string {
  return words.replaceAll(BRACES, (whole, name: string) => {
    const at = blanks.findIndex((blank) => blank.part === part && blank.name === name);
    return values[at]?.trim() || whole;
  });
}

function parameterOf(blank: Blank, value: string, isNamed: boolean): object {
  if (blank.kind === "link") return { type: blank.name, [blank.name]: { link: value } };
  if (blank.kind === "code") return { type: "coupon_code", coupon_code: value };
  const named = isNamed && blank.part !== "button" ? { parameter_name: blank.name } : {};
  return { type: "text", ...named, text: value };
}

/** The components of the message, filled in. */
export function componentsFor(template: SendableTemplate, blanks: Blank[], values: string[]): object[] {
  const isNamed = template.parameter_format?.toLowerCase() === "named";
  const buttons = list(
    template.components.find((component) => kindOf(component) === "buttons"),
    "buttons",
  );
  const filled = blanks.map((blank, at) => ({
    blank,
    parameter: parameterOf(blank, (values[at] ?? "").trim(), isNamed),
  }));
  const whole = (part: Blank["part"]) => {
    const parameters = filled.filter(({ blank }) => blank.part === part).map(({ parameter }) => parameter);
    return parameters.length > 0 ? [{ type: part, parameters }] : [];
  };
  const ofButtons = filled
    .filter(({ blank }) => blank.part === "button")
    .map(({ blank, parameter }) => ({
      type: "button",
      sub_type: kindOf(child({ it: buttons[blank.place] }, "it")),
      index: String(blank.place),
      parameters: [parameter],
    }));
  return [...whole("header"), ...whole("body"), ...ofButtons];
}
