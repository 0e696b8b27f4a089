/** Tags of a conversation: tick the known ones, write a new one. */
import { useQuery } from "@tanstack/react-query";
import { Check, Plus, Tags } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { tagsQuery } from "@/api/directory";
import type { Conversation, TagRef } from "@/api/types";
import { hueOf } from "@/lib/names";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { Popover } from "@/ui/menu";
import { useSetTags } from "./queries";

export function TagEditor({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const { data } = useQuery({ ...tagsQuery, enabled: open });
  const setTags = useSetTags();
  const mine = conversation.tags;
  const wanted = text.trim();
  const has = (tag: { name: string }) => mine.some((own) => own.name === tag.name);
  const shown = (data?.items ?? []).filter((tag) => tag.name.toLowerCase().includes(wanted.toLowerCase()));
  const isNew = wanted !== "" && !shown.some((tag) => tag.name.toLowerCase() === wanted.toLowerCase());

  function toggle(tag: TagRef): void {
    const value = has(tag) ? mine.filter((own) => own.name !== tag.name) : [...mine, tag];
    setTags.mutate({ conversation, value });
  }

  function add(): void {
    const known = shown.find((tag) => tag.name.toLowerCase() === wanted.toLowerCase());
    if (known) toggle(known);
    else if (isNew) toggle({ id: `new-${wanted}`, name: wanted, color: null });
    setText("");
  }

  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t("tags.edit")}
      trigger={
        <Button size="sm" data-hotkey="tags">
          <Tags aria-hidden />
          {t("tags.edit")}
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Input
          autoFocus
          aria-label={t("tags.searchOrCreate")}
          placeholder={t("tags.searchOrCreate")}
          value={text}
          maxLength={60}
          onChange={(event) => setText(event.target.value)}
          className="h-8"
        />
      </form>
      <ul className="mt-1 max-h-60 overflow-y-auto">
        {shown.map((tag) => (
          <li key={tag.id}>
            <button
              type="button"
              aria-pressed={has(tag)}
              onClick={() => toggle(tag)}
              className="flex w-full items-center gap-2 rounded-[6px] px-2 py-1.5 text-left hover:bg-raised"
            >
              <span
                aria-hidden
                className="size-2.5 shrink-0 rounded-full"
                style={{ background: tag.color || `hsl(${hueOf(tag.name)} 55% 50%)` }}
              />
              <span className="min-w-0 flex-1 truncate">{tag.name}</span>
              {has(tag) && <Check aria-hidden className="size-4 text-accent" />}
            </button>
          </li>
        ))}
        {isNew && (
          <li>
            <button
              type="button"
              onClick={add}
              className="flex w-full items-center gap-2 rounded-[6px] px-2 py-1.5 text-left hover:bg-raised"
            >
              <Plus aria-hidden className="size-4" />
              <span className="truncate">{t("tags.create", { name: wanted })}</span>
            </button>
          </li>
        )}
      </ul>
      {data && shown.length === 0 && !isNew && (
        <p className="px-2 py-2 text-list text-muted">{t("tags.none")}</p>
      )}
    </Popover>
  );
}
