/** As the team calls the customer; emptied, he is called as on WhatsApp. */
import { Pencil } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact } from "@/api/types";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { useChangeContact } from "./queries";

export function OwnName({ card, canWrite }: { card: Contact; canWrite: boolean }) {
  const { t } = useTranslation();
  const [text, setText] = useState<string | null>(null);
  const change = useChangeContact(card.id);
  function submit(event: FormEvent): void {
    event.preventDefault();
    const name = text?.trim() || null;
    if (name === card.own_name) setText(null);
    else change.mutate({ name }, { onSuccess: () => setText(null) });
  }
  if (text === null) {
    return (
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 font-medium wrap-anywhere">{card.name}</span>
        {canWrite && (
          <Button
            size="icon"
            variant="ghost"
            aria-label={t("contact.rename")}
            onClick={() => setText(card.own_name ?? "")}
          >
            <Pencil />
          </Button>
        )}
      </div>
    );
  }
  return (
    <form onSubmit={submit} className="grid gap-2">
      <Input
        autoFocus
        maxLength={120}
        aria-label={t("contact.name")}
        placeholder={card.profile_name ?? card.name}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={() => setText(null)}>
          {t("action.cancel")}
        </Button>
        <Button size="sm" type="submit" variant="primary" busy={change.isPending}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}
