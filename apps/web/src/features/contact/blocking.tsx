/** Blocks the customer here and at WhatsApp, and tells how far that went. */
import { Ban } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BlockResult, Contact } from "@/api/types";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { useBlock } from "./queries";

interface BlockingProps {
  card: Contact;
  canWrite: boolean;
  /** Since when he is blocked, in words. */
  since: string | null;
}

export function Blocking({ card, canWrite, since }: BlockingProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const block = useBlock(card.id);
  if (!since) {
    if (!canWrite) return null;
    return (
      <>
        <Button size="sm" className="justify-self-start" onClick={() => setAsking(true)}>
          <Ban aria-hidden />
          {t("contact.block")}
        </Button>
        <Confirm
          open={asking}
          onOpenChange={setAsking}
          title={t("contact.blockTitle", { name: card.name })}
          text={t("contact.blockText")}
          verb={t("contact.block")}
          busy={block.isPending}
          onConfirm={() => block.mutate(true, { onSuccess: () => setAsking(false) })}
        />
      </>
    );
  }
  return (
    <div role="status" className="grid gap-2 rounded-md border border-bad/40 p-3">
      <p className="flex items-start gap-2 font-medium">
        <Ban aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
        {t("contact.blockedSince", { when: since })}
      </p>
      <AtWhatsApp card={card} result={block.data} />
      {canWrite && (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" disabled={block.isPending} onClick={() => block.mutate(false)}>
            {t("contact.unblock")}
          </Button>
          {card.blocked_lines.length === 0 && (
            <Button size="sm" variant="ghost" disabled={block.isPending} onClick={() => block.mutate(true)}>
              {t("contact.blockThere")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function AtWhatsApp({ card, result }: { card: Contact; result: BlockResult | undefined }) {
  const { t } = useTranslation();
  const failed = result?.lines.filter(({ outcome }) => outcome !== "done") ?? [];
  return (
    <div className="grid gap-1 text-list text-muted">
      {card.blocked_lines.length > 0 && (
        <p>
          {t("contact.blockedThere", {
            lines: card.blocked_lines.map((line) => line.display_name).join(", "),
          })}
        </p>
      )}
      {failed.map(({ channel, outcome }) => (
        <p key={channel.id}>
          {t(`contact.outcome.${outcome}`, { line: channel.display_name, defaultValue: outcome })}
        </p>
      ))}
      {card.blocked_lines.length === 0 && failed.length === 0 && <p>{t("contact.blockedHere")}</p>}
    </div>
  );
}
