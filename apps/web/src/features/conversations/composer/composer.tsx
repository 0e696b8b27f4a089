/**
 * Where words are written. A reply and a note are two boxes with two drafts and two endpoints:
 * a note has no way to become a message.
 */
import { Ban, Lock } from "lucide-react";
import { type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { cn } from "@/lib/cn";
import { DraftLine } from "./draft-line";
import { NoteBox } from "./note-box";
import { ReplyBox } from "./reply-box";

export type ComposerMode = "reply" | "note";

interface ComposerProps {
  conversation: Conversation;
  mode: ComposerMode;
  onMode: (mode: ComposerMode) => void;
  box: RefObject<HTMLTextAreaElement | null>;
  onSent: () => void;
  /** Called when the conversation is done with once the server has what was sent. */
  onDone: (sent: Promise<boolean>) => void;
}

export function Composer({ conversation, mode, onMode, box, onSent, onDone }: ComposerProps) {
  const { t } = useTranslation();
  const canWrite = usePermission("chat.write");
  const [tools, setTools] = useState<HTMLElement | null>(null);
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
      <div className="flex items-center px-3 pt-1.5">
        <div role="tablist" aria-label={t("composer.kind")} className="flex gap-1">
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
        {mode === "reply" && <div ref={setTools} className="-my-1 ml-auto flex items-center" />}
      </div>
      <DraftLine
        key={`${conversation.id} ${mode}`}
        conversationId={conversation.id}
        kind={mode}
        moved={conversation.last_message?.id ?? ""}
      />
      {mode === "reply" ? (
        <ReplyBox
          key={conversation.id}
          conversation={conversation}
          box={box}
          tools={tools}
          onSent={onSent}
          onDone={onDone}
        />
      ) : (
        <NoteBox key={conversation.id} conversation={conversation} box={box} onSent={onSent} />
      )}
    </section>
  );
}
