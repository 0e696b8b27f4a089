/** What stands where an answer is written while nothing, or nothing but a template, can be sent. */
import { useQueryClient } from "@tanstack/react-query";
import { FileText, LockKeyhole, PauseCircle } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Channel, Conversation } from "@/api/types";
import { useSession } from "@/api/use-session";
import { formatDuration, formatMoment, serviceWindow } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { templateBody } from "../compose";
import { useDraft } from "../drafts";
import { outboxOf } from "../outbox-instance";
import { TemplateDialog } from "../template-dialog";

export interface Blocked {
  words: string;
  /** Whether a template may go out all the same. */
  template: boolean;
}

/** Why nothing but a template can be sent now, in words; null when everything can. */
export function useBlocked(conversation: Conversation, line: Channel | undefined): Blocked | null {
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

export function PausedLine({ line }: { line: Channel }) {
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

interface BlockedBoxProps {
  conversation: Conversation;
  blocked: Blocked;
  onSent: () => void;
}

export function BlockedBox({ conversation, blocked, onSent }: BlockedBoxProps) {
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
