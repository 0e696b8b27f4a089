/**
 * Where words are written. A reply and a note are two boxes with two drafts and two endpoints:
 * a note has no way to become a message.
 */
import { Ban, CircleAlert, Lock } from "lucide-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@/api/types";
import { usePermission, useSession } from "@/api/use-session";
import { cn } from "@/lib/cn";
import { DraftLine } from "./draft-line";
import { useDraft } from "./drafts";
import { useAddNote } from "./queries";
import { ReplyBox } from "./reply-box";
import { WritingBox } from "./writing-box";

export type ComposerMode = "reply" | "note";

interface ComposerProps {
  conversation: Conversation;
  mode: ComposerMode;
  onMode: (mode: ComposerMode) => void;
  box: RefObject<HTMLTextAreaElement | null>;
  onSent: () => void;
}

export function Composer({ conversation, mode, onMode, box, onSent }: ComposerProps) {
  const { t } = useTranslation();
  const canWrite = usePermission("chat.write");
  if (!canWrite) {
    return (
      <p className="flex items-center gap-2 border-t border-line bg-surface px-4 py-3 text-muted">
        <Ban aria-hidden className="size-4 shrink-0" />
        {t("composer.readOnly")}
      </p>
    );
  }
  return (
    <section
      aria-label={t("composer.label")}
      className={cn("border-t border-line bg-surface", mode === "note" && "border-note-line bg-note-bg")}
    >
      <div role="tablist" aria-label={t("composer.kind")} className="flex gap-1 px-3 pt-1.5">
        {(["reply", "note"] as const).map((kind) => (
          <button
            key={kind}
            type="button"
            role="tab"
            aria-selected={mode === kind}
            onClick={() => onMode(kind)}
            className={cn(
              "flex items-center gap-1.5 rounded-[6px] px-2 py-1 text-list font-medium",
              mode === kind ? "bg-raised text-ink" : "text-muted hover:text-ink",
              mode === "note" && kind === "note" && "bg-note/15 text-note",
            )}
          >
            {kind === "note" && <Lock aria-hidden className="size-3.5" />}
            {t(`composer.${kind}`)}
          </button>
        ))}
      </div>
      <DraftLine
        key={`${conversation.id} ${mode}`}
        conversationId={conversation.id}
        kind={mode}
        moved={conversation.last_message?.id ?? ""}
      />
      {mode === "reply" ? (
        <ReplyBox key={conversation.id} conversation={conversation} box={box} onSent={onSent} />
      ) : (
        <NoteBox key={conversation.id} conversation={conversation} box={box} onSent={onSent} />
      )}
    </section>
  );
}

type BoxProps = Pick<ComposerProps, "conversation" | "box" | "onSent">;

function NoteBox({ conversation, box, onSent }: BoxProps) {
  const { t } = useTranslation();
  const me = useSession()?.user.id ?? "";
  const { draft, write } = useDraft(me, conversation.id, "note");
  const { text } = draft;
  const add = useAddNote(conversation.id);
  function save(): void {
    if (!text.trim() || add.isPending) return;
    add.mutate(text.trim(), {
      onSuccess: () => {
        write({ text: "" });
        onSent();
      },
    });
  }
  return (
    <>
      <WritingBox
        box={box}
        text={text}
        onText={(next) => write({ text: next })}
        onSubmit={save}
        label={t("composer.noteLabel")}
        placeholder={t("composer.notePlaceholder")}
        verb={t("composer.saveNote")}
        icon={<Lock aria-hidden />}
        busy={add.isPending}
        note
      />
      {add.isError && (
        <p role="alert" className="flex items-center gap-2 px-4 pb-2 text-list text-bad">
          <CircleAlert aria-hidden className="size-4" />
          {t("composer.noteKept")}
        </p>
      )}
    </>
  );
}
