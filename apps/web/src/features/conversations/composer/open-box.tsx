/** Where an answer is written: words, files, what it answers, and when it goes out. */
import { useQueryClient } from "@tanstack/react-query";
import { CalendarClock, CornerDownRight, SendHorizontal } from "lucide-react";
import { type RefObject, useState } from "react";
import { createPortal, flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Conversation, MessageBody } from "@/api/types";
import { useSession } from "@/api/use-session";
import { filesOf, isSendable, MAX_CAPTION, MAX_TEXT, messagesFor, takesCaption } from "../compose";
import { type DraftFile, useDraft } from "../drafts";
import { outboxOf } from "../outbox-instance";
import { sayStill, sayTyping } from "../presence";
import { Chip, FileChip, TroubleLine, UploadChip } from "./attachment";
import { useAttachments } from "./attachments";
import { insertAt } from "./caret";
import { DropArea } from "./drop-area";
import { ReplyTools } from "./reply-tools";
import { ScheduleChip } from "./schedule";
import { useTyping } from "./typing";
import { VoiceButton } from "./voice-button";
import { WindowLine } from "./window-line";
import { WritingBox } from "./writing-box";

interface OpenBoxProps {
  conversation: Conversation;
  box: RefObject<HTMLTextAreaElement | null>;
  tools: HTMLElement | null;
  /** Whether what is sent waits, since the line is paused. */
  isHeld: boolean;
  onSent: () => void;
  /** Called when it is done with once the server has what was sent. */
  onDone: (sent: Promise<boolean>) => void;
}

/** Whether a "/" was just typed where a word begins. */
function isSlash(before: string, now: string, caret: number): boolean {
  return now.length === before.length + 1 && /(?:^|\s)\/$/.test(now.slice(0, caret));
}

export function OpenBox({ conversation, box, tools, onSent, onDone, isHeld }: OpenBoxProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const timeZone = useTimeZone();
  const me = useSession()?.user.id ?? "";
  const { draft, write, take, addFile } = useDraft(me, conversation.id, "reply");
  const [isPast, setIsPast] = useState(false);
  const [quick, setQuick] = useState<"typed" | "asked" | null>(null);
  const typed = useTyping(conversation.id, !isHeld);
  const { text, quote, sendAt } = draft;
  const files = filesOf(draft);
  const setFiles = ([first, ...moreFiles]: DraftFile[]) => write({ file: first ?? null, moreFiles });
  const { uploading, troubles, attach, attachVoice, cancel, retry, forget } = useAttachments({
    carried: files.length,
    onReady: addFile,
  });
  const isSpoken = files.length > 0 && !files.some(({ kind }) => takesCaption(kind));
  const hasWorded = files.length > 0 && !isSpoken;
  const pick = (chosen: File[]) => void attach(chosen);

  function isTooLate(): boolean {
    const isLate = sendAt !== null && Date.parse(sendAt) <= Date.now();
    setIsPast(isLate);
    return isLate;
  }

  /** Whether it is on its way. */
  function send(): boolean {
    if (!isSendable(draft) || uploading.length > 0 || (hasWorded && text.length > MAX_CAPTION)) return false;
    if (isTooLate()) return false;
    const taken = take();
    sayStill();
    for (const { key, body } of messagesFor(taken)) outboxOf(client).send(conversation.id, body, key);
    if (isSpoken && text) write({ text });
    onSent();
    return true;
  }

  /** Something of its own, which leaves the words in the box where they are. */
  function sendBeside(body: MessageBody): void {
    if (isTooLate()) return;
    write({ quote: null, sendAt: null });
    outboxOf(client).send(conversation.id, body, crypto.randomUUID());
    onSent();
  }

  /** Puts words in where the caret is, in place of `before` characters before it. */
  function insert(words: string, before = 0): void {
    const { selectionStart: start, selectionEnd: end } = box.current ?? {
      selectionStart: 0,
      selectionEnd: 0,
    };
    const next = insertAt(text, Math.max(0, start - before), end, words);
    // The caret can only go where the words already are.
    flushSync(() => write({ text: next.text }));
    box.current?.focus();
    box.current?.setSelectionRange(next.caret, next.caret);
  }

  return (
    <>
      {tools &&
        createPortal(
          <ReplyTools
            conversation={conversation}
            timeZone={timeZone}
            around={{ quote, sendAt }}
            quick={quick}
            onQuick={setQuick}
            onFiles={pick}
            onInsert={insert}
            onSend={sendBeside}
            onSchedule={(at) => {
              write({ sendAt: at });
              setIsPast(false);
            }}
            onClosed={() => box.current?.focus()}
          />,
          tools,
        )}
      <DropArea onFiles={pick} />
      <div className="grid gap-1.5 px-3 pt-1.5 empty:hidden">
        <WindowLine conversation={conversation} />
        {quote && (
          <Chip label={t("composer.unquote")} onRemove={() => write({ quote: null })}>
            <CornerDownRight aria-hidden className="size-4 shrink-0 text-accent" />
            <span className="truncate">{t("composer.quote", { words: quote.words })}</span>
          </Chip>
        )}
        <div className="grid max-h-44 gap-1.5 overflow-y-auto empty:hidden sm:grid-cols-2">
          {files.map((file) => (
            <FileChip
              key={file.id}
              file={file}
              onRemove={() => setFiles(files.filter(({ id }) => id !== file.id))}
            />
          ))}
          {uploading.map((one) => (
            <UploadChip key={one.id} uploading={one} onCancel={() => cancel(one)} />
          ))}
        </div>
        {isSpoken && text && <p className="text-list text-muted">{t("attach.noCaption")}</p>}
        {troubles.map((trouble) => (
          <TroubleLine
            key={trouble.id}
            trouble={trouble}
            onRetry={() => void retry(trouble)}
            onForget={() => forget(trouble.file)}
          />
        ))}
        {sendAt && (
          <ScheduleChip
            at={sendAt}
            timeZone={timeZone}
            onRemove={() => {
              write({ sendAt: null });
              setIsPast(false);
            }}
          />
        )}
        {isPast && sendAt && (
          <p role="alert" className="text-list text-bad">
            {t("schedule.past")}
          </p>
        )}
      </div>
      <WritingBox
        box={box}
        text={text}
        onText={(next) => {
          const isQuick = isSlash(text, next, box.current?.selectionStart ?? 0);
          write({ text: next });
          if (isQuick) setQuick("typed");
          if (next) typed();
          if (next) sayTyping();
          else sayStill();
        }}
        onSubmit={() => void send()}
        onDone={() => {
          if (send()) onDone(outboxOf(client).emptied(conversation.id));
        }}
        onFiles={pick}
        max={hasWorded ? MAX_CAPTION : MAX_TEXT}
        ready={isSendable(draft)}
        busy={uploading.length > 0}
        label={t("composer.replyLabel")}
        placeholder={t(hasWorded ? "composer.captionPlaceholder" : "composer.replyPlaceholder")}
        verb={t(sendAt ? "schedule.verb" : "composer.send")}
        icon={sendAt ? <CalendarClock aria-hidden /> : <SendHorizontal aria-hidden />}
        beside={
          !isSendable(draft) && uploading.length === 0 ? (
            <VoiceButton
              onRecorded={(file) => void attachVoice(file)}
              onClosed={() => box.current?.focus()}
            />
          ) : null
        }
      />
    </>
  );
}
