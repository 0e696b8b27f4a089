/** Under a message of ours that is not simply on its way: what it waits for, or why it was not sent. */
import { useQueryClient } from "@tanstack/react-query";
import { CalendarClock, Clock, PauseCircle, RotateCw, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, Message } from "@/api/types";
import { formatFull, formatMoment } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Disclosure } from "./disclosure";
import { conversationKey } from "./keys";
import { isPaused, useLine } from "./line-state";
import { messageErrorWords } from "./meta-errors";
import { useCancelMessage } from "./queries";
import { sendStateOf } from "./send-state";

interface DeliveryProps {
  message: Message;
  timeZone: string;
  canWrite: boolean;
  onRetry: (message: Message) => void;
}

/** Nobody has to be told of what is gone in a moment. */
const PATIENCE = 5_000;

export function Delivery(props: DeliveryProps) {
  const { direction, status } = props.message;
  if (direction !== "out") return null;
  if (status === "queued") return <Waiting {...props} />;
  if (status === "unknown") return <Unconfirmed {...props} />;
  if (status !== "failed") return null;
  return props.message.error?.code === "cancelled" ? <Cancelled {...props} /> : <Failed {...props} />;
}

function Row({ children }: { children: ReactNode }) {
  return (
    <div className="mt-1 flex max-w-[min(68ch,86%)] flex-wrap items-center justify-end gap-x-2 gap-y-1 text-list">
      {children}
    </div>
  );
}

function Waiting({ message, timeZone, canWrite }: DeliveryProps) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const client = useQueryClient();
  const conversation = client.getQueryData<Conversation>(conversationKey(message.conversation_id));
  const line = useLine(conversation?.channel.id);
  const cancel = useCancelMessage();
  const isScheduled = sendStateOf(message, now) === "scheduled";
  const due = message.send_at ?? message.created_at;
  if (!isScheduled && now - Date.parse(due) < PATIENCE) return null;
  const paused = !isScheduled && isPaused(line);
  const Icon = isScheduled ? CalendarClock : paused ? PauseCircle : Clock;
  return (
    <Row>
      <p className={paused ? "flex items-center gap-1 text-warn" : "flex items-center gap-1 text-muted"}>
        <Icon aria-hidden className="size-3.5 shrink-0" />
        {isScheduled ? (
          <span title={formatFull(due, i18n.language, timeZone)}>
            {t("delivery.scheduled", { when: formatMoment(due, i18n.language, timeZone) })}
          </span>
        ) : (
          t(paused ? "delivery.paused" : "delivery.queued")
        )}
      </p>
      {canWrite && (
        <Button size="sm" variant="ghost" busy={cancel.isPending} onClick={() => cancel.mutate(message)}>
          <X aria-hidden />
          {t("action.cancel")}
        </Button>
      )}
    </Row>
  );
}

function Unconfirmed({ message, canWrite, onRetry }: DeliveryProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  return (
    <Row>
      <p className="text-warn">
        <span className="font-medium">{t("meta.notConfirmed.what")}</span>{" "}
        <span className="text-muted">{t("meta.notConfirmed.do")}</span>
      </p>
      {canWrite && (
        <Button size="sm" onClick={() => setAsking(true)}>
          <RotateCw aria-hidden />
          {t("delivery.anyway")}
        </Button>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("delivery.anywayTitle")}
        text={t("delivery.anywayText")}
        verb={t("delivery.anyway")}
        tone="primary"
        onConfirm={() => {
          setAsking(false);
          onRetry(message);
        }}
      />
    </Row>
  );
}

function Cancelled({ message, canWrite, onRetry }: DeliveryProps) {
  const { t } = useTranslation();
  return (
    <Row>
      <p className="text-muted">{t("meta.cancelled.what")}</p>
      {canWrite && (
        <Button size="sm" variant="ghost" onClick={() => onRetry(message)}>
          <RotateCw aria-hidden />
          {t("action.resend")}
        </Button>
      )}
    </Row>
  );
}

function Failed({ message, canWrite, onRetry }: DeliveryProps) {
  const { t } = useTranslation();
  if (!message.error) return <p className="mt-1 text-list text-bad">{t("status.failed")}</p>;
  const { code } = message.error;
  const { reason, advice, again, original } = messageErrorWords(message.error, t);
  return (
    <div className="mt-1 grid max-w-[min(68ch,86%)] justify-items-end gap-1 text-list">
      <div className="flex flex-wrap items-center justify-end gap-x-2 gap-y-1">
        <p>
          <span className="font-medium text-bad">{reason}</span> <span className="text-muted">{advice}</span>
        </p>
        {canWrite && again !== "never" && (
          <Button size="sm" onClick={() => onRetry(message)}>
            <RotateCw aria-hidden />
            {t("action.retry")}
          </Button>
        )}
      </div>
      <Disclosure label={t("failure.details")}>
        <div className="grid gap-1 rounded-[6px] border border-line bg-surface px-2 py-1.5 text-muted wrap-anywhere">
          <p>{t(`failure.again.${again}`)}</p>
          {original && <p>{t("content.says", { title: original })}</p>}
          <p>
            {t("failure.code")} <code className="font-mono">{code}</code>
          </p>
        </div>
      </Disclosure>
    </div>
  );
}
