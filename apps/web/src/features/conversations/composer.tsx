/**
 * Where words are written. A reply and a note are two boxes with two drafts and two endpoints:
 * a note has no way to become a message.
 */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, CircleAlert, Lock, LockKeyhole, SendHorizontal } from "lucide-react";
import { type ReactNode, type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import { channelsQuery } from "@/api/directory";
import type { Conversation } from "@/api/types";
import { usePermission, useSession } from "@/api/use-session";
import { cn } from "@/lib/cn";
import { formatDuration, serviceWindow } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { useDraft } from "./drafts";
import { outboxOf } from "./outbox-instance";
import { useAddNote } from "./queries";

export type ComposerMode = "reply" | "note";

interface ComposerProps {
  conversation: Conversation;
  mode: ComposerMode;
  onMode: (mode: ComposerMode) => void;
  box: RefObject<HTMLTextAreaElement | null>;
  onSent: () => void;
}

/** Why nothing can be sent now, in words; null when it can. */
function useBlocked(conversation: Conversation): string | null {
  const { t } = useTranslation();
  const now = useNow();
  const { data: channels } = useQuery(channelsQuery);
  const line = channels?.items.find((channel) => channel.id === conversation.channel.id);
  const service = serviceWindow(conversation.window_expires_at, now);
  if (line && !line.is_active) return t("composer.lineInactive", { name: line.display_name });
  if (line && !line.has_token) return t("composer.lineWithoutToken", { name: line.display_name });
  if (service.state === "closed") {
    return service.left === null
      ? t("composer.windowNever")
      : t("composer.windowClosed", { time: formatDuration(service.left) });
  }
  return null;
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
      {mode === "reply" ? (
        <ReplyBox key={conversation.id} conversation={conversation} box={box} onSent={onSent} />
      ) : (
        <NoteBox key={conversation.id} conversation={conversation} box={box} onSent={onSent} />
      )}
    </section>
  );
}

type BoxProps = Pick<ComposerProps, "conversation" | "box" | "onSent">;

function ReplyBox({ conversation, box, onSent }: BoxProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const me = useSession()?.user.id ?? "";
  const [text, write] = useDraft(me, conversation.id, "reply");
  const blocked = useBlocked(conversation);
  if (blocked) {
    return (
      <p role="status" className="flex items-start gap-2 px-4 pt-1 pb-3 text-muted">
        <LockKeyhole aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        <span>
          {blocked}
          {text && <span className="block text-list">{t("composer.draftKept")}</span>}
        </span>
      </p>
    );
  }
  function send(): void {
    if (!text.trim()) return;
    outboxOf(client).send(conversation.id, text.trim());
    write("");
    onSent();
  }
  return (
    <WritingBox
      box={box}
      text={text}
      onText={write}
      onSubmit={send}
      label={t("composer.replyLabel")}
      placeholder={t("composer.replyPlaceholder")}
      verb={t("composer.send")}
      icon={<SendHorizontal aria-hidden />}
    />
  );
}

function NoteBox({ conversation, box, onSent }: BoxProps) {
  const { t } = useTranslation();
  const me = useSession()?.user.id ?? "";
  const [text, write] = useDraft(me, conversation.id, "note");
  const add = useAddNote(conversation.id);
  function save(): void {
    if (!text.trim() || add.isPending) return;
    add.mutate(text.trim(), {
      onSuccess: () => {
        write("");
        onSent();
      },
    });
  }
  return (
    <>
      <WritingBox
        box={box}
        text={text}
        onText={write}
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

interface WritingBoxProps {
  box: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
  onSubmit: () => void;
  label: string;
  placeholder: string;
  verb: string;
  icon: ReactNode;
  busy?: boolean;
  note?: boolean;
}

const MAX_LENGTH = 4096;

function WritingBox(props: WritingBoxProps) {
  const { box, text, onText, onSubmit, label, placeholder, verb, icon, busy, note } = props;
  const { t } = useTranslation();
  const [composing, setComposing] = useState(false);
  return (
    <form
      className="flex items-end gap-2 p-3 pt-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <div className="min-w-0 flex-1">
        <textarea
          ref={box}
          rows={1}
          value={text}
          maxLength={MAX_LENGTH}
          aria-label={label}
          placeholder={placeholder}
          onChange={(event) => onText(event.target.value)}
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
            if (event.key !== "Enter" || event.shiftKey || composing) return;
            event.preventDefault();
            onSubmit();
          }}
          className={cn(
            "block max-h-48 min-h-10 w-full resize-none rounded-md border border-line bg-bg px-3 py-2 [field-sizing:content] max-sm:text-[16px]",
            note && "border-note-line bg-surface placeholder:text-note",
          )}
        />
        {text.length > MAX_LENGTH - 200 && (
          <p className="tabular mt-1 text-xs text-muted">
            {t("composer.left", { count: MAX_LENGTH - text.length })}
          </p>
        )}
      </div>
      <Button
        type="submit"
        variant={note ? "secondary" : "primary"}
        disabled={!text.trim()}
        busy={busy ?? false}
        className={cn("h-10", note && "border-note-line text-note")}
      >
        {icon}
        <span className="max-sm:sr-only">{verb}</span>
      </Button>
    </form>
  );
}
