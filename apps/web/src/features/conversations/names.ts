/** How a contact is called when he has given no name. */
import type { Conversation } from "@/api/types";

type Contact = Conversation["contact"];

/** "+59170000001" whatever way the number was stored. */
export function formatPhone(phone: string): string {
  return phone.startsWith("+") ? phone : `+${phone}`;
}

export function contactName(contact: Contact): string {
  return contact.name || (contact.phone ? formatPhone(contact.phone) : (contact.user_key ?? "?"));
}
