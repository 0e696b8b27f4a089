/** One letter: the item as it came, why it could not be applied, and what can be done. */
import { useQuery } from "@tanstack/react-query";
import { RotateCw, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { channelsQuery, useTimeZone } from "@/api/directory";
import type { DeadLetter } from "@/api/types";
import { formatFull } from "@/lib/time";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Copy } from "@/ui/copy";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Raw } from "@/ui/raw";
import { ReasonDialog } from "@/ui/reason-dialog";
import { ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { deadLetterQuery, useDiscardLetter, useReplayLetter } from "./operations";

export function LetterDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const item = useQuery(deadLetterQuery(id));
  const [asking, setAsking] = useState<"replay" | "discard" | null>(null);
  const done = () => setAsking(null);
  return (
    <Dialog wide open onOpenChange={(open) => !open && onClose()} title={t("letters.one")}>
      {item.isPending ? (
        <SkeletonRows rows={4} />
      ) : item.isError ? (
        <ErrorState error={item.error} onRetry={() => void item.refetch()} />
      ) : (
        <div className="grid gap-3">
          <Facts letter={item.data.letter} />
          <Raw value={item.data.raw} label={t("letters.raw")} />
          {item.data.letter.state === "open" && (
            <DialogActions>
              <Button variant="danger" onClick={() => setAsking("discard")}>
                <Trash2 aria-hidden />
                {t("action.discard")}
              </Button>
              <Button variant="primary" onClick={() => setAsking("replay")}>
                <RotateCw aria-hidden />
                {t("letters.replay")}
              </Button>
            </DialogActions>
          )}
        </div>
      )}
      {asking === "replay" && <Replay id={id} onClose={done} />}
      {asking === "discard" && <Discard id={id} onClose={done} />}
    </Dialog>
  );
}

function Facts({ letter }: { letter: DeadLetter }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const channels = useQuery(channelsQuery);
  const when = (at: string) => formatFull(at, i18n.language, timeZone);
  const line = channels.data?.items.find((channel) => channel.id === letter.channel_id);
  return (
    <dl className="grid gap-1.5 text-list">
      <Fact label={t("letters.reason")}>
        <span className="font-medium">{letter.reason}</span>
      </Fact>
      <Fact label={t("letters.kindLabel")}>{t(`letters.kind.${letter.kind}`)}</Fact>
      <Fact label={t("letters.stateLabel")}>
        {t(`letters.state.${letter.state}`)}
        {letter.closed_at && ` · ${when(letter.closed_at)}`}
      </Fact>
      {letter.note && <Fact label={t("letters.note")}>{letter.note}</Fact>}
      <Fact label={t("details.line")}>{line?.display_name ?? letter.channel_id}</Fact>
      <Fact label={t("letters.received")}>{when(letter.received_at)}</Fact>
      <Fact label={t("letters.tries")}>
        {letter.attempts}
        {letter.last_tried_at && ` · ${when(letter.last_tried_at)}`}
      </Fact>
      <Fact label={t("letters.fingerprint")}>
        <Copy value={letter.fingerprint} className="text-xs" />
      </Fact>
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-3 sm:grid-cols-[8rem_minmax(0,1fr)]">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}

function Replay({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const replay = useReplayLetter();
  return (
    <Confirm
      open
      tone="primary"
      onOpenChange={(open) => !open && onClose()}
      title={t("letters.replay")}
      text={t("letters.replayText")}
      verb={t("letters.replay")}
      busy={replay.isPending}
      onConfirm={() =>
        replay.mutate(id, {
          onSuccess: (letter) => {
            if (letter.state === "replayed") toast.success(t("letters.replayed"));
            else toast.warning(t("letters.stillFails", { reason: letter.reason }));
          },
          onSettled: onClose,
        })
      }
    />
  );
}

function Discard({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const discard = useDiscardLetter();
  return (
    <ReasonDialog
      title={t("letters.discardTitle")}
      text={t("letters.discardText")}
      error={discard.error}
      busy={discard.isPending}
      onClose={onClose}
      onConfirm={(reason) =>
        discard.mutate(
          { id, reason },
          {
            onSuccess: () => {
              toast.success(t("letters.discarded"));
              onClose();
            },
          },
        )
      }
    />
  );
}
