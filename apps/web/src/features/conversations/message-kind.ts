/** What kind of message it is, in an icon; and what can be read of it without knowing its type. */
import type { TFunction } from "i18next";
import {
  Contact,
  FileText,
  Image,
  Info,
  type LucideIcon,
  MapPin,
  MessageSquareDashed,
  Mic,
  MousePointerClick,
  Pencil,
  ShoppingBag,
  Smile,
  Sticker,
  Trash2,
  Video,
} from "lucide-react";
import type { Message } from "@/api/types";

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
  edit: Pencil,
  revoke: Trash2,
  system: Info,
  request_welcome: Info,
};

const KNOWN = new Set([...Object.keys(ICONS), "text", "note", "unsupported"]);

export function kindIcon(type: string): LucideIcon {
  return ICONS[type] ?? MessageSquareDashed;
}

/** The key of the word for a type; types of tomorrow have one too. */
export function kindKey(type: string): string {
  return `kind.${KNOWN.has(type) ? type : "unsupported"}`;
}

/** Said by the business in its phone app, before or beside this desk: nobody here wrote it. */
export function isFromPhone({ direction, author }: Pick<Message, "direction" | "author">): boolean {
  return direction === "out" && author.id === null && (author.kind === "agent" || author.kind === "system");
}

/** What a list says of a message in one line. */
export function previewWords(message: Pick<Message, "type" | "text">, t: TFunction): string {
  const words = message.text?.trim() ?? "";
  if (message.type === "reaction") {
    return words ? t("notice.reacted", { emoji: words }) : t("notice.unreacted");
  }
  if (message.type === "edit") return words ? t("notice.edited", { text: words }) : t("notice.editedFile");
  if (message.type === "revoke") return t("notice.revoked");
  if (message.type === "request_welcome") return t("notice.opened");
  // WhatsApp writes its notices in English, and answers to a call request as a bare word.
  if (message.type === "system" || (message.type === "interactive" && CALL_WORDS.has(words))) {
    return t(kindKey(message.type));
  }
  return words || t(kindKey(message.type));
}

const CALL_WORDS = new Set(["accept", "reject"]);
