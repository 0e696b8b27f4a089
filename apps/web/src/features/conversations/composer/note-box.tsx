/** Where a note is written: for the team alone, and it may name some of them. */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Lock } from "lucide-react";
import { type RefObject, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { usersQuery } from "@/api/directory";
import type { Conversation } from "@/api/types";
import { useSession } from "@/api/use-session";
import { asProblem } from "@/lib/problem";
import { useDraft } from "../drafts";
import { useAddNote } from "../queries";
import { mentionedIn, useMentions } from "./mentions";
import { WritingBox } from "./writing-box";

interface NoteBoxProps {
  conversation: Conversation;
  box: RefObject<HTMLTextAreaElement | null>;
  onSent: () => void;
}

export function NoteBox({ conversation, box, onSent }: NoteBoxProps) {
  const { t } = useTranslation();
  const me = useSession()?.user.id ?? "";
  const { draft, write } = useDraft(me, conversation.id, "note");
  const { text } = draft;
  const { data: team } = useQuery(usersQuery);
  const add = useAddNote(conversation.id);
  const [caret, setCaret] = useState(0);
  const mentions = useMentions(text, caret, (next, at) => {
    // The caret can only go where the words already are.
    flushSync(() => write({ text: next }));
    box.current?.setSelectionRange(at, at);
    setCaret(at);
  });
  function save(): void {
    const body = text.trim();
    if (!body || add.isPending) return;
    const others = (team?.items ?? []).filter(({ id }) => id !== me);
    add.mutate(
      { body, mentions: mentionedIn(body, others) },
      {
        onSuccess: () => {
          write({ text: "" });
          onSent();
        },
      },
    );
  }
  const isHidden = add.isError && asProblem(add.error).fields.some(({ code }) => code === "invalid_mention");
  return (
    <>
      {mentions.offer}
      <WritingBox
        box={box}
        text={text}
        onText={(next) => write({ text: next })}
        onCaret={setCaret}
        onKey={mentions.onKey}
        described={mentions.described}
        onSubmit={save}
        label={t("composer.noteLabel")}
        placeholder={t("composer.notePlaceholder")}
        verb={t("composer.saveNote")}
        icon={<Lock aria-hidden />}
        busy={add.isPending}
        note
      />
      {add.isError && (
        <p role="alert" className="flex items-start gap-2 px-4 pb-2 text-list text-bad">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {t(isHidden ? "mention.hidden" : "composer.noteKept")}
        </p>
      )}
    </>
  );
}
