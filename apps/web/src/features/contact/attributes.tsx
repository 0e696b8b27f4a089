/** What the team wrote down of a customer: a name and a text each. */
import { useQuery } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact } from "@/api/types";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { attributeNamesQuery, useChangeContact } from "./queries";

interface AttributesProps {
  card: Contact;
  canWrite: boolean;
}

/** The one that is being written; without a key of its own, a new one. */
interface Writing {
  name: string;
  value: string;
  isNew: boolean;
}

export function Attributes({ card, canWrite }: AttributesProps) {
  const { t } = useTranslation();
  const [writing, setWriting] = useState<Writing | null>(null);
  const change = useChangeContact(card.id);
  const entries = Object.entries(card.attributes);
  return (
    <>
      {entries.length === 0 && !writing && (
        <p className="text-list text-muted">{t("contact.noAttributes")}</p>
      )}
      <ul className="grid gap-2 empty:hidden">
        {entries.map(([key, value]) => (
          <li key={key} className="flex items-start gap-1">
            <div className="min-w-0 flex-1 wrap-anywhere">
              <p className="text-list text-muted">{key}</p>
              <p className="whitespace-pre-wrap">{value}</p>
            </div>
            {canWrite && (
              <>
                <Button
                  size="icon"
                  variant="ghost"
                  aria-label={t("contact.editAttribute", { key })}
                  onClick={() => setWriting({ name: key, value, isNew: false })}
                >
                  <Pencil />
                </Button>
                <Button
                  size="icon"
                  variant="ghost"
                  aria-label={t("contact.removeAttribute", { key })}
                  disabled={change.isPending}
                  onClick={() => change.mutate({ attributes: { [key]: null } })}
                >
                  <Trash2 />
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
      {writing && (
        <AttributeForm key={writing.name} card={card} {...writing} onClose={() => setWriting(null)} />
      )}
      {canWrite && !writing && (
        <Button
          size="sm"
          className="justify-self-start"
          onClick={() => setWriting({ name: "", value: "", isNew: true })}
        >
          <Plus aria-hidden />
          {t("contact.addAttribute")}
        </Button>
      )}
    </>
  );
}

function AttributeForm({ card, onClose, ...given }: Writing & { card: Contact; onClose: () => void }) {
  const { t } = useTranslation();
  const [key, setKey] = useState(given.name);
  const [value, setValue] = useState(given.value);
  const { data } = useQuery({ ...attributeNamesQuery, enabled: given.isNew });
  const change = useChangeContact(card.id);
  const names = useId();
  const offered = (data?.items ?? []).filter((name) => !(name in card.attributes));
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!key.trim() || !value.trim()) return;
    change.mutate({ attributes: { [key.trim()]: value.trim() } }, { onSuccess: onClose });
  }
  return (
    <form onSubmit={submit} className="grid gap-2 rounded-md border border-line p-2">
      {given.isNew && (
        <>
          <Input
            autoFocus
            required
            maxLength={40}
            list={names}
            aria-label={t("contact.attributeName")}
            placeholder={t("contact.attributeName")}
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
          <datalist id={names}>
            {offered.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      )}
      <Input
        autoFocus={!given.isNew}
        required
        maxLength={1000}
        aria-label={given.isNew ? t("contact.attributeValue") : given.name}
        placeholder={t("contact.attributeValue")}
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button size="sm" type="submit" variant="primary" busy={change.isPending}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}
