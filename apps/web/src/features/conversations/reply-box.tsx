/** Where an answer is written: words, a file, what it answers, and when it goes out. */
import { useQueryClient } from "@tanstack/react-query";
import {
  CalendarClock,
  CornerDownRight,
  FileText,
  LockKeyhole,
  PauseCircle,
  SendHorizontal,
} from "lucide-react";
import { type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Channel, Conversation } from "@/api/types";
import { useSession } from "@/api/use-session";
import { formatDuration, formatMoment, serviceWindow } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { AttachButton, Chip, FileChip, TroubleLine, UploadChip, useAttachment } from "./attachment";
import { isSendable, MAX_CAPTION, MAX_TEXT, messageBody, takesCaption, templateBody } from "./compose";
import { useDraft } from "./drafts";
import { isPaused, useLine } from "./line-state";
import { outboxOf } from "./outbox-instance";
import { sayStill, sayTyping } from "./presence";
import { QuickReplyPicker } from "./quick-reply-picker";
import { ScheduleButton, ScheduleChip } from "./schedule";
import { TemplateDialog } from "./template-dialog";
import { useTyping } from "./typing";
import { WritingBox } from "./writing-box";

interface ReplyBoxProps {
  conversation: Conversation;
  box: RefObject<HTMLTextAreaElement | null>;
  onSent: () => void;
}

interface Blocked {
  words: string;
  /** Whether a template may go out all the same. */
  template: boolean;
}

/** Why nothing but a template can be sent now, in words; null when everything can. */
function useBlocked(conversation: Conversation, line: Channel | undefined): Blocked | null {
  const { t } = useTranslation();
  const now = useNow();
  const service = serviceWindow(conversation.window_expires_at, now);
  if (conversation.contact.is_blocked) return { words: t("composer.contactBlocked"), template: false };
  if (line && !line.is_active) {
    return { words: t("composer.lineInactive", { name: line.display_name }), template: false };
  }
  if (line && !line.has_token) {
    return { words: t("composer.lineWithoutToken", { name: line.display_name }), template: false };
  }
  if (service.state !== "closed") return null;
  const words =
    service.left === null
      ? t("composer.windowNever")
      : t("composer.windowClosed", { time: formatDuration(service.left) });
  return { words, template: true };
}

export function ReplyBox(props: ReplyBoxProps) {
  const line = useLine(props.conversation.channel.id);
  const blocked = useBlocked(props.conversation, line);
  return (
    <>
      {line?.is_active && isPaused(line) && <PausedLine line={line} />}
      {blocked ? <BlockedBox {...props} blocked={blocked} /> : <OpenBox {...props} isHeld={isPaused(line)} />}
    </>
  );
}

function PausedLine({ line }: { line: Channel }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const { code, advice, paused_at } = line.health;
  const when = paused_at ? formatMoment(paused_at, i18n.language, timeZone) : "";
  return (
    <div
      role="status"
      className="mx-3 mt-1.5 flex items-start gap-2 rounded-md border border-warn/40 bg-surface px-3 py-2 text-list"
    >
      <PauseCircle aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0">
        <p className="font-medium">
          {t("lineHealth.waiting", { name: line.display_name })}{" "}
          {code && t(`lineHealth.code.${code}`, { defaultValue: code })}
        </p>
        <p className="text-muted">
          {when && <span className="max-sm:hidden">{t("lineHealth.since", { when })} </span>}
          {advice && t(`lineHealth.advice.${advice}`, { defaultValue: "" })} {t("lineHealth.kept")}
        </p>
      </div>
    </div>
  );
}

function BlockedBox({ conversation, blocked, onSent }: ReplyBoxProps & { blocked: Blocked }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const me = useSession()?.user.id ?? "";
  const { draft } = useDraft(me, conversation.id, "reply");
  const [asking, setAsking] = useState(false);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-1 pb-3 text-muted">
      <p role="status" className="flex min-w-60 flex-1 items-start gap-2">
        <LockKeyhole aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        <span>
          {blocked.words}
          {draft.text && <span className="block text-list">{t("composer.draftKept")}</span>}
        </span>
      </p>
      {blocked.template && (
        <Button variant="primary" onClick={() => setAsking(true)}>
          <FileText aria-hidden />
          {t("template.send")}
        </Button>
      )}
      {asking && (
        <TemplateDialog
          to={conversation}
          onClose={() => setAsking(false)}
          onSubmit={(values, key) => {
            outboxOf(client).send(conversation.id, templateBody(values), key);
            setAsking(false);
            onSent();
          }}
        />
      )}
    </div>
  );
}

function OpenBox({ conversation, box, onSent, isHeld }: ReplyBoxProps & { isHeld: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const timeZone = useTimeZone();
  const me = useSession()?.user.id ?? "";
  const { draft, write, take } = useDraft(me, conversation.id, "reply");
  const [isPast, setIsPast] = useState(false);
  const [isQuick, setIsQuick] = useState(false);
  const { uploading, trouble, attach, cancel, forget } = useAttachment((file) => write({ file }));
  const typed = useTyping(conversation.id, !isHeld);
  const { text, file, quote, sendAt } = draft;
  const isSpoken = file !== null && !takesCaption(file.kind);
  const pick = (chosen: File) => void attach(chosen);

  function send(): void {
    if (!isSendable(draft) || uploading || (file && !isSpoken && text.length > MAX_CAPTION)) return;
    if (sendAt && Date.parse(sendAt) <= Date.now()) {
      setIsPast(true);
      return;
    }
    const taken = take();
    sayStill();
    outboxOf(client).send(conversation.id, messageBody(taken), taken.key);
    if (isSpoken && text) write({ text });
    onSent();
  }

  return (
    <>
      <div className="grid gap-1.5 px-3 pt-1.5 empty:hidden">
        {quote && (
          <Chip label={t("composer.unquote")} onRemove={() => write({ quote: null })}>
            <CornerDownRight aria-hidden className="size-4 shrink-0 text-accent" />
            <span className="truncate">{t("composer.quote", { words: quote.words })}</span>
          </Chip>
        )}
        {uploading ? (
          <UploadChip uploading={uploading} onCancel={cancel} />
        ) : (
          file && <FileChip file={file} onRemove={() => write({ file: null })} />
        )}
        {isSpoken && text && <p className="text-list text-muted">{t("attach.noCaption")}</p>}
        {trouble && <TroubleLine trouble={trouble} onRetry={pick} onForget={forget} />}
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
          if (next === "/" && text === "") {
            setIsQuick(true);
            return;
          }
          write({ text: next });
          if (next) typed();
          if (next) sayTyping();
          else sayStill();
        }}
        onSubmit={send}
        onFile={pick}
        max={file && !isSpoken ? MAX_CAPTION : MAX_TEXT}
        ready={isSendable(draft)}
        busy={uploading !== null}
        label={t("composer.replyLabel")}
        placeholder={t(file && !isSpoken ? "composer.captionPlaceholder" : "composer.replyPlaceholder")}
        verb={t(sendAt ? "schedule.verb" : "composer.send")}
        icon={sendAt ? <CalendarClock aria-hidden /> : <SendHorizontal aria-hidden />}
        tools={
          <div className="flex">
            <AttachButton onFile={pick} />
            <ScheduleButton
              timeZone={timeZone}
              windowEnd={conversation.window_expires_at}
              onPick={(at) => {
                write({ sendAt: at });
                setIsPast(false);
                box.current?.focus();
              }}
            />
            <QuickReplyPicker
              conversationId={conversation.id}
              open={isQuick}
              onOpenChange={setIsQuick}
              onPick={(filled) => {
                write({ text: text.trim() ? `${text.trimEnd()} ${filled}` : filled });
                setIsQuick(false);
              }}
              onClosed={() => box.current?.focus()}
            />
          </div>
        }
      />
    </>
  );
}
