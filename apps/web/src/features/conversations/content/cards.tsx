/** Contact cards. */
import { Mail, Phone, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { child, list, record, text } from "../payload";

interface Card {
  name: string | null;
  work: string | null;
  phones: string[];
  emails: string[];
  isOwn: boolean;
}

function cardsOf(payload: unknown): Card[] {
  const ofMessage = text(payload, "origin");
  return list(payload, "contacts").flatMap((entry) => {
    const card = record(entry);
    if (!card) return [];
    const org = child(card, "org");
    const work = [text(org, "title"), text(org, "company")].filter(Boolean).join(" · ");
    return {
      name: text(child(card, "name"), "formatted_name") ?? text(child(card, "name"), "first_name"),
      work: work || null,
      phones: texts(card, "phones", "phone"),
      emails: texts(card, "emails", "email"),
      // WhatsApp puts the origin on the card or on the message.
      isOwn: (text(card, "origin") ?? ofMessage) === "contact_request",
    };
  });
}

function texts(card: unknown, key: string, name: string): string[] {
  return [...new Set(list(card, key).flatMap((entry) => text(entry, name) ?? []))];
}

const ROW = "inline-flex min-h-6 items-center gap-1.5 text-accent hover:underline";

export function ContactsContent({ message }: { message: Message }) {
  const { t } = useTranslation();
  const cards = cardsOf(message.payload);
  if (cards.length === 0) return <p>{message.text ?? t("kind.contacts")}</p>;
  return (
    <ul className="grid divide-y divide-line">
      {cards.map((card, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cards have no other identity and never change
        <li key={index} className="grid gap-1 py-1.5 first:pt-0.5 last:pb-0.5">
          <p className="flex items-center gap-2">
            <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-raised">
              <UserRound aria-hidden className="size-4 text-muted" />
            </span>
            <span className="min-w-0">
              <span className="block font-medium">{card.name ?? card.phones[0] ?? t("kind.contacts")}</span>
              {card.work && <span className="block text-list text-muted">{card.work}</span>}
              {card.isOwn && <span className="block text-list text-muted">{t("content.ownContact")}</span>}
            </span>
          </p>
          <ul className="grid pl-10 text-list">
            {card.phones.map((phone) => (
              <li key={phone}>
                <a className={ROW} href={`tel:${phone.replace(/[^+\d]/g, "")}`}>
                  <Phone aria-hidden className="size-3.5 shrink-0" />
                  <span className="tabular">{phone}</span>
                </a>
              </li>
            ))}
            {card.emails.map((email) => (
              <li key={email}>
                <a className={ROW} href={`mailto:${encodeURIComponent(email)}`}>
                  <Mail aria-hidden className="size-3.5 shrink-0" />
                  {email}
                </a>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
