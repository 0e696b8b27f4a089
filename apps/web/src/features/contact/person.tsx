/** Other numbers and ids of the same person: says so, and takes it back. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { UserRoundPlus } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact, ContactRef } from "@/api/types";
import { conversationSearchQuery } from "@/features/conversations/queries";
import { Avatar } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Input } from "@/ui/field";
import { useMerge, usePart } from "./queries";

export function Person({ card, canWrite }: { card: Contact; canWrite: boolean }) {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  const part = usePart(card.id);
  return (
    <>
      <ul className="grid gap-2 empty:hidden">
        {card.same_person.map((other) => (
          <li key={other.id} className="flex items-center gap-2">
            <Who contact={other} />
            {canWrite && (
              <Button
                size="sm"
                variant="ghost"
                disabled={part.isPending}
                // The main one has nothing to be parted from: then it is this one that goes.
                onClick={() => part.mutate(card.merged_into === other.id ? card.id : other.id)}
              >
                {t("contact.part")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {card.same_person.length === 0 && <p className="text-list text-muted">{t("contact.alone")}</p>}
      {canWrite && (
        <Button size="sm" className="justify-self-start" onClick={() => setChoosing(true)}>
          <UserRoundPlus aria-hidden />
          {t("contact.merge")}
        </Button>
      )}
      {choosing && <MergeDialog card={card} onClose={() => setChoosing(false)} />}
    </>
  );
}

function Who({ contact }: { contact: ContactRef }) {
  return (
    <>
      <Avatar name={contact.name} seed={contact.id} size="sm" />
      <span className="min-w-0 flex-1">
        <span className="block truncate">{contact.name}</span>
        <span className="tabular block truncate text-list text-muted">
          {contact.phone ?? contact.user_key}
        </span>
      </span>
    </>
  );
}

function MergeDialog({ card, onClose }: { card: Contact; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useInfiniteQuery({ ...conversationSearchQuery(wanted), enabled: wanted.length > 1 });
  const merge = useMerge(card.id);
  const known = new Set([card.id, ...card.same_person.map(({ id }) => id)]);
  const hits = new Map<string, ContactRef>();
  for (const { conversation } of found.data?.pages.flatMap((page) => page.items) ?? []) {
    if (!known.has(conversation.contact.id)) hits.set(conversation.contact.id, conversation.contact);
  }
  return (
    <Dialog open onOpenChange={onClose} title={t("contact.mergeTitle", { name: card.name })}>
      <p className="text-muted">{t("contact.mergeText")}</p>
      <Input
        autoFocus
        type="search"
        aria-label={t("contact.mergeSearch")}
        placeholder={t("contact.mergeSearch")}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ul className="grid max-h-72 gap-1 overflow-y-auto">
        {[...hits.values()].map((contact) => (
          <li key={contact.id}>
            <button
              type="button"
              disabled={merge.isPending}
              onClick={() => merge.mutate(contact.id, { onSuccess: onClose })}
              className="flex w-full items-center gap-2 rounded-md p-2 text-left hover:bg-raised"
            >
              <Who contact={contact} />
            </button>
          </li>
        ))}
      </ul>
      {wanted.length > 1 && found.isSuccess && hits.size === 0 && (
        <p role="status" className="text-muted">
          {t("contact.mergeNobody")}
        </p>
      )}
    </Dialog>
  );
}
