/** A message on its way to the server: looks like what it will be, and says when it is not there yet. */
import { Clock, RotateCw, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MessageBody } from "@/api/types";
import { Button } from "@/ui/button";
import { kindIcon, kindKey } from "./message-kind";
import type { OutboxEntry } from "./outbox-store";
import { child, text } from "./payload";
import { richText } from "./rich-text";
import { sendProblemWords } from "./send-problem";
import { Tick } from "./tick";

interface PendingBubbleProps {
  entry: OutboxEntry;
  onRetry: () => void;
  onDiscard: () => void;
}

export function PendingBubble({ entry, onRetry, onDiscard }: PendingBubbleProps) {
  const { t } = useTranslation();
  return (
    <article className="flex flex-col items-end px-4 pt-1" aria-label={t("thread.by.out", { name: "" })}>
      <div className="max-w-[min(68ch,86%)] min-w-24 rounded-md rounded-br-[3px] border border-accent/25 bg-[color-mix(in_srgb,var(--accent)_11%,var(--surface))] px-3 py-1.5 wrap-anywhere">
        <Preview body={entry.body} />
        <footer className="mt-0.5 flex justify-end">
          <Tick status={entry.state === "failed" ? "failed" : "queued"} />
        </footer>
      </div>
      {entry.state !== "sending" && (
        <div className="mt-1 flex max-w-[min(68ch,86%)] flex-wrap items-center justify-end gap-2 text-list">
          {entry.state === "waiting" ? (
            <p role="status" className="flex items-center gap-1 text-warn">
              <Clock aria-hidden className="size-3.5" />
              {t("thread.waiting")}
            </p>
          ) : (
            <p role="alert" className="text-bad">
              {sendProblemWords(entry.problem, t)}
            </p>
          )}
          <Button size="sm" onClick={onRetry}>
            <RotateCw aria-hidden />
            {t("action.resend")}
          </Button>
          {entry.state === "failed" && (
            <Button size="sm" variant="ghost" onClick={onDiscard}>
              <Trash2 aria-hidden />
              {t("action.discard")}
            </Button>
          )}
        </div>
      )}
    </article>
  );
}

function Preview({ body }: { body: MessageBody }) {
  const { t } = useTranslation();
  const content = child(body, body.type);
  const words = text(content, "body") ?? text(content, "caption");
  const Icon = kindIcon(body.type);
  const name = text(content, "filename") ?? text(content, "name") ?? text(content, "emoji");
  return (
    <>
      {body.type !== "text" && (
        <p className="flex items-center gap-1.5 text-list text-muted">
          <Icon aria-hidden className="size-4 shrink-0" />
          {t(kindKey(body.type))}
          {name && ` · ${name}`}
        </p>
      )}
      {words && <p className="whitespace-pre-wrap">{richText(words)}</p>}
    </>
  );
}
