/** Reads what WhatsApp sent without trusting its shape: what is not as expected is simply absent. */
export type Json = Record<string, unknown>;

export function record(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** The object under `key`. */
export function child(value: unknown, key: string): Json | null {
  return record(record(value)?.[key]);
}

export function list(value: unknown, key: string): unknown[] {
  const found = record(value)?.[key];
  return Array.isArray(found) ? found : [];
}

/** A text with something in it; numbers are written out. */
export function text(value: unknown, key: string): string | null {
  const found = record(value)?.[key];
  if (typeof found === "number" && Number.isFinite(found)) return String(found);
  return typeof found === "string" && found.trim() ? found : null;
}

export function number(value: unknown, key: string): number | null {
  const found = text(value, key);
  const parsed = found === null ? Number.NaN : Number(found);
  return Number.isFinite(parsed) ? parsed : null;
}

/** The address when a browser may follow it: a customer's `javascript:` never becomes a link. */
export function safeUrl(value: unknown, key: string): string | null {
  const found = text(value, key);
  if (!found || !URL.canParse(found)) return null;
  const { protocol, href } = new URL(found);
  return protocol === "https:" || protocol === "http:" ? href : null;
}

/** Who wrote in a group: by name, number or id. */
export function senderName(payload: unknown): string | null {
  const sender = child(payload, "sender");
  const phone = text(sender, "phone");
  return text(sender, "name") ?? (phone ? `+${phone.replace(/^\+/, "")}` : text(sender, "user_id"));
}

/** The same for all that one person writes in a group; empty outside groups. */
export function senderKey(payload: unknown): string {
  const sender = child(payload, "sender");
  return text(sender, "user_id") ?? text(sender, "phone") ?? text(sender, "name") ?? "";
}

const ROWS = 40;
const DEPTH = 3;

/** The fields of a form's answer, nested ones by their last name; null when it is no JSON object. */
export function formFields(json: string): [string, string][] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return null;
  }
  const root = record(parsed);
  if (!root) return null;
  const out: [string, string][] = [];
  const add = (fields: Json, depth: number): void => {
    for (const [key, value] of Object.entries(fields)) {
      if (out.length >= ROWS) return;
      const inner = record(value);
      if (inner && depth < DEPTH) add(inner, depth + 1);
      // The token only ties the answer to the form that was sent.
      else if (key !== "flow_token") out.push([fieldName(key), fieldValue(value)]);
    }
  };
  add(root, 1);
  return out;
}

/** "screen_0_First_name_1" is how forms name what the person sees as "First name". */
function fieldName(key: string): string {
  return key
    .replace(/^screen_\d+_/, "")
    .replace(/_\d+$/, "")
    .replaceAll("_", " ");
}

function fieldValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map(fieldValue).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
