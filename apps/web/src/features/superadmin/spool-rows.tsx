/** Rows of the spool, the first to be applied first; failed ones wait for a person. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { CheckCircle2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SpoolRow } from "@/api/types";
import { formatFull, localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Select } from "@/ui/field";
import { LoadMore } from "@/ui/load-more";
import { ReasonDialog } from "@/ui/reason-dialog";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { type SpoolSearch, spoolRowsQuery, useDiscardRow, useRetryRow } from "./operations";
import { SPOOL_STATES } from "./spool-states";

interface SpoolRowsProps {
  search: SpoolSearch;
  onChange: (search: SpoolSearch) => void;
  nameOf: (tenantId: string) => string;
}

interface Asking {
  row: SpoolRow;
  what: "retry" | "discard";
}

export function SpoolRows({ search, onChange, nameOf }: SpoolRowsProps) {
  const { t } = useTranslation();
  const rows = useInfiniteQuery(spoolRowsQuery(search.tenant, search.state));
  const [asking, setAsking] = useState<Asking | null>(null);
  const items = rows.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="overflow-hidden rounded-md border border-line bg-surface">
      <header className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-1.5">
        <h2 className="font-semibold">{t("spool.rows")}</h2>
        <Select
          aria-label={t("letters.stateLabel")}
          className="w-56"
          value={search.state ?? ""}
          onChange={(event) =>
            onChange({ ...search, state: SPOOL_STATES.find((state) => state === event.target.value) })
          }
        >
          <option value="">{t("letters.anyState")}</option>
          {SPOOL_STATES.map((state) => (
            <option key={state} value={state}>
              {t(`spool.state.${state}`)}
            </option>
          ))}
        </Select>
      </header>
      {rows.isPending ? (
        <SkeletonRows rows={4} height="h-16" />
      ) : rows.isError && items.length === 0 ? (
        <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />
      ) : items.length === 0 ? (
        <EmptyState icon={CheckCircle2} text={t("spool.noRows")} />
      ) : (
        <>
          <ul className="divide-y divide-line">
            {items.map((row) => (
              <Row
                key={row.id}
                row={row}
                tenant={nameOf(row.tenant_id)}
                onAsk={(what) => setAsking({ row, what })}
              />
            ))}
          </ul>
          <LoadMore query={rows} />
        </>
      )}
      {asking?.what === "retry" && <RetryRow row={asking.row} onClose={() => setAsking(null)} />}
      {asking?.what === "discard" && <DiscardRow row={asking.row} onClose={() => setAsking(null)} />}
    </section>
  );
}

interface RowProps {
  row: SpoolRow;
  tenant: string;
  onAsk: (what: Asking["what"]) => void;
}

function Row({ row, tenant, onAsk }: RowProps) {
  const { t, i18n } = useTranslation();
  const failed = row.state === "failed";
  const when = (at: string) => formatFull(at, i18n.language, localZone());
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="grid min-w-52 flex-1 gap-0.5">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{tenant}</span>
          <Badge tone={failed ? "bad" : "neutral"}>
            {t(`spool.state.${row.state}`, { defaultValue: row.state })}
          </Badge>
          <span className="text-list">{t(`spool.reason.${row.reason}`, { defaultValue: row.reason })}</span>
        </p>
        <p className="tabular flex flex-wrap gap-x-4 text-list text-muted">
          <time dateTime={row.received_at}>{when(row.received_at)}</time>
          <span>{t("spool.items", { count: row.items })}</span>
          {row.attempts > 0 && <span>{t("letters.attempts", { count: row.attempts })}</span>}
          {row.last_tried_at && <span>{t("spool.lastTried", { when: when(row.last_tried_at) })}</span>}
        </p>
        {row.last_error && <p className="text-list wrap-anywhere text-bad">{row.last_error}</p>}
      </div>
      {failed && (
        <div className="flex gap-2">
          <Button size="sm" variant="danger" onClick={() => onAsk("discard")}>
            {t("action.discard")}
          </Button>
          <Button size="sm" onClick={() => onAsk("retry")}>
            {t("spool.retry")}
          </Button>
        </div>
      )}
    </li>
  );
}

function RetryRow({ row, onClose }: { row: SpoolRow; onClose: () => void }) {
  const { t } = useTranslation();
  const retry = useRetryRow();
  return (
    <Confirm
      open
      tone="primary"
      onOpenChange={(open) => !open && onClose()}
      title={t("spool.retryTitle")}
      text={t("spool.retryText", { count: row.items })}
      verb={t("spool.retry")}
      busy={retry.isPending}
      onConfirm={() =>
        retry.mutate(row.id, {
          onSuccess: () => toast.success(t("spool.retried")),
          onSettled: onClose,
        })
      }
    />
  );
}

function DiscardRow({ row, onClose }: { row: SpoolRow; onClose: () => void }) {
  const { t } = useTranslation();
  const discard = useDiscardRow();
  return (
    <ReasonDialog
      title={t("spool.discardTitle")}
      text={t("spool.discardText", { count: row.items })}
      error={discard.error}
      busy={discard.isPending}
      onClose={onClose}
      onConfirm={(reason) =>
        discard.mutate(
          { id: row.id, reason },
          {
            onSuccess: () => {
              toast.success(t("spool.discarded"));
              onClose();
            },
          },
        )
      }
    />
  );
}
