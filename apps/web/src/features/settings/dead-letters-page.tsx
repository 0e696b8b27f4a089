/** What came and could not be applied: seen, tried again or discarded. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ChevronRight, MailCheck, RotateCw, Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { channelsQuery, useTimeZone } from "@/api/directory";
import type { DeadLetter } from "@/api/types";
import { formatFull } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Input, Select } from "@/ui/field";
import { LoadMore } from "@/ui/load-more";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { LetterDialog } from "./dead-letter-dialog";
import { LETTER_KINDS, LETTER_STATES } from "./letters";
import { deadLettersQuery, type LetterFilter, useReplayAll } from "./operations";

const TONES = { open: "warn", replayed: "ok", discarded: "neutral" } as const;

interface DeadLettersProps {
  filter: LetterFilter;
  /** The one whose details are shown. */
  letter: string | undefined;
  onChange: (filter: LetterFilter) => void;
  onLetter: (id: string | undefined) => void;
}

export function DeadLettersPage({ filter, letter, onChange, onLetter }: DeadLettersProps) {
  const { t } = useTranslation();
  const letters = useInfiniteQuery(deadLettersQuery(filter));
  const [asking, setAsking] = useState(false);
  const items = letters.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = Boolean(filter.kind || filter.state || filter.q);
  const canReplay = items.some((item) => item.state === "open");
  return (
    <Page
      title={t("letters.title")}
      text={t("letters.text")}
      actions={
        <Button disabled={!canReplay} onClick={() => setAsking(true)}>
          <RotateCw aria-hidden />
          {t(filter.kind || filter.q ? "letters.replayMatching" : "letters.replayAll")}
        </Button>
      }
    >
      <Filters filter={filter} onChange={onChange} />
      <Card>
        {letters.isPending ? (
          <SkeletonRows rows={6} height="h-16" />
        ) : letters.isError && items.length === 0 ? (
          <ErrorState error={letters.error} onRetry={() => void letters.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={MailCheck} text={t(isFiltered ? "letters.emptyFiltered" : "letters.empty")}>
            {isFiltered && <Button onClick={() => onChange({})}>{t("list.clear")}</Button>}
          </EmptyState>
        ) : (
          <>
            <ul className="divide-y divide-line">
              {items.map((item) => (
                <LetterRow key={item.id} letter={item} onOpen={() => onLetter(item.id)} />
              ))}
            </ul>
            <LoadMore query={letters} />
          </>
        )}
      </Card>
      {letter && <LetterDialog id={letter} onClose={() => onLetter(undefined)} />}
      {asking && <ReplayAll filter={filter} onClose={() => setAsking(false)} />}
    </Page>
  );
}

function Filters({ filter, onChange }: { filter: LetterFilter; onChange: (filter: LetterFilter) => void }) {
  const { t } = useTranslation();
  const [q, setQ] = useState(filter.q ?? "");
  const [asked, setAsked] = useState(filter.q);
  if (asked !== filter.q) {
    // The address changed elsewhere: by "clear" or by going back.
    setAsked(filter.q);
    setQ(filter.q ?? "");
  }
  return (
    <form
      className="mb-3 grid grid-cols-[minmax(0,1fr)_auto] gap-2 sm:grid-cols-[11.5rem_11.5rem_minmax(0,1fr)_auto]"
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ ...filter, q: q.trim() || undefined });
      }}
    >
      <Select
        aria-label={t("letters.kindLabel")}
        className="max-sm:col-span-2"
        value={filter.kind ?? ""}
        onChange={(event) =>
          onChange({ ...filter, kind: LETTER_KINDS.find((kind) => kind === event.target.value) })
        }
      >
        <option value="">{t("letters.anyKind")}</option>
        {LETTER_KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`letters.kind.${kind}`)}
          </option>
        ))}
      </Select>
      <Select
        aria-label={t("letters.stateLabel")}
        className="max-sm:col-span-2"
        value={filter.state ?? ""}
        onChange={(event) =>
          onChange({ ...filter, state: LETTER_STATES.find((state) => state === event.target.value) })
        }
      >
        <option value="">{t("letters.anyState")}</option>
        {LETTER_STATES.map((state) => (
          <option key={state} value={state}>
            {t(`letters.state.${state}`)}
          </option>
        ))}
      </Select>
      <Input
        type="search"
        aria-label={t("letters.search")}
        placeholder={t("letters.search")}
        value={q}
        onChange={(event) => setQ(event.target.value)}
      />
      <Button type="submit">
        <Search aria-hidden />
        {t("letters.find")}
      </Button>
    </form>
  );
}

function LetterRow({ letter, onOpen }: { letter: DeadLetter; onOpen: () => void }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const channels = useQuery(channelsQuery);
  const line = channels.data?.items.find((channel) => channel.id === letter.channel_id);
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        className="flex min-h-16 w-full items-center gap-3 px-4 py-2 text-left outline-offset-[-2px] hover:bg-raised/60"
      >
        <span className="grid min-w-0 flex-1 gap-0.5">
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-medium">{t(`letters.kind.${letter.kind}`)}</span>
            <Badge tone={TONES[letter.state]}>{t(`letters.state.${letter.state}`)}</Badge>
            {letter.attempts > 0 && (
              <span className="tabular text-list text-muted">
                {t("letters.attempts", { count: letter.attempts })}
              </span>
            )}
          </span>
          <span className="line-clamp-2 text-list wrap-anywhere">{letter.reason}</span>
          <span className="text-list text-muted">
            <time dateTime={letter.received_at}>
              {formatFull(letter.received_at, i18n.language, timeZone)}
            </time>
            {line && ` · ${line.display_name}`}
          </span>
        </span>
        <ChevronRight aria-hidden className="size-4 shrink-0 text-muted" />
      </button>
    </li>
  );
}

function ReplayAll({ filter, onClose }: { filter: LetterFilter; onClose: () => void }) {
  const { t } = useTranslation();
  const replay = useReplayAll();
  return (
    <Confirm
      open
      tone="primary"
      onOpenChange={(open) => !open && onClose()}
      title={t(filter.kind || filter.q ? "letters.replayMatching" : "letters.replayAll")}
      text={t("letters.replayAllText")}
      verb={t("letters.replay")}
      busy={replay.isPending}
      onConfirm={() =>
        replay.mutate(filter, {
          onSuccess: ({ replayed, failed }) => {
            const words = t("letters.replayedAll", { replayed, failed });
            if (failed > 0) toast.warning(words);
            else toast.success(words);
          },
          onSettled: onClose,
        })
      }
    />
  );
}
