/** What kind of message it is, in an icon; and what can be read of it without knowing its type. */
import {
  Contact,
  FileText,
  Image,
  type LucideIcon,
  MapPin,
  MessageSquareDashed,
  Mic,
  MousePointerClick,
  ShoppingBag,
  Smile,
  Sticker,
  Video,
} from "lucide-react";

const ICONS: Record<string, LucideIcon> = {
  image: Image,
  video: Video,
  audio: Mic,
  voice: Mic,
  document: FileText,
  sticker: Sticker,
  location: MapPin,
  contacts: Contact,
  interactive: MousePointerClick,
  button: MousePointerClick,
  order: ShoppingBag,
  reaction: Smile,
  template: FileText,
};

const KNOWN = new Set([...Object.keys(ICONS), "text", "note", "system", "unsupported"]);

export function kindIcon(type: string): LucideIcon {
  return ICONS[type] ?? MessageSquareDashed;
}

/** The key of the word for a type; types of tomorrow have one too. */
export function kindKey(type: string): string {
  return `kind.${KNOWN.has(type) ? type : "unsupported"}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Labels of the buttons or list rows a message offers, wherever its payload keeps them. */
export function offeredChoices(payload: unknown): string[] {
  if (!isRecord(payload)) return [];
  const body = isRecord(payload["interactive"]) ? payload["interactive"] : payload;
  const action = isRecord(body["action"]) ? body["action"] : null;
  if (!action) return [];
  const buttons = Array.isArray(action["buttons"]) ? action["buttons"] : [];
  const sections = Array.isArray(action["sections"]) ? action["sections"] : [];
  const rows = sections.flatMap((s: unknown) => (isRecord(s) && Array.isArray(s["rows"]) ? s["rows"] : []));
  return [...buttons, ...rows].flatMap((choice: unknown) => {
    if (!isRecord(choice)) return [];
    const reply = isRecord(choice["reply"]) ? choice["reply"] : choice;
    return typeof reply["title"] === "string" ? [reply["title"]] : [];
  });
}
