/** How each number does, by WhatsApp's last word. */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { channelsQuery, useTimeZone } from "@/api/directory";
import type { LineHealth } from "@/api/types";
import { problemWords } from "@/lib/problem";
import { formatFull } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Notice, Skeleton } from "@/ui/states";
import { lineHealthQuery } from "./operations";

type Tone = "ok" | "warn" | "bad" | "neutral";

/** WhatsApp's words for a number's quality and name; what is not among them is shown as it came. */
const TONES: Record<string, Tone> = {
  ONBOARDING: "neutral",
  UPGRADE: "ok",
  THROUGHPUT_UPGRADE: "ok",
  UNFLAGGED: "ok",
  FLAGGED: "bad",
  DOWNGRADE: "warn",
  APPROVED: "ok",
  REJECTED: "bad",
  DEFERRED: "warn",
};

export function LineHealthCards() {
  const { t } = useTranslation();
  const health = useQuery(lineHealthQuery);
  const channels = useQuery(channelsQuery);
  if (health.isPending) {
    return (
      <div role="status" aria-label={t("state.loading")} className="mb-4 grid gap-3 sm:grid-cols-2">
        <Skeleton className="h-36" />
        <Skeleton className="h-36 max-sm:hidden" />
      </div>
    );
  }
  if (health.isError) {
    return (
      <div className="mb-4">
        <Notice tone="bad" icon={CircleAlert}>
          {problemWords(health.error, t)}
        </Notice>
      </div>
    );
  }
  if (health.data.items.length === 0) return null;
  return (
    <ul className="mb-4 grid gap-3 sm:grid-cols-2">
      {health.data.items.map((line) => (
        <HealthCard
          key={line.channel_id}
          line={line}
          name={
            channels.data?.items.find((channel) => channel.id === line.channel_id)?.display_name ??
            line.channel_id
          }
        />
      ))}
    </ul>
  );
}

function HealthCard({ line, name }: { line: LineHealth; name: string }) {
  const { t } = useTranslation();
  const limit = line.messaging_limit;
  return (
    <li className="rounded-md border border-line bg-surface p-4">
      <h2 className="mb-2 font-semibold">{name}</h2>
      <dl className="grid gap-2 text-list">
        <Fact label={t("health.quality")} at={line.quality_at}>
          <Word word={line.quality} />
        </Fact>
        <Fact label={t("health.limit")} at={null}>
          {limit ? t(`health.tier.${limit}`, { defaultValue: limit }) : "–"}
        </Fact>
        <Fact label={t("health.name")} at={line.name_at}>
          <span className="flex flex-wrap items-center gap-1.5">
            <Word word={line.name_decision} />
            {line.requested_name && <span>{line.requested_name}</span>}
          </span>
        </Fact>
      </dl>
    </li>
  );
}

function Word({ word }: { word: string | null }) {
  const { t } = useTranslation();
  if (!word) return "–";
  return <Badge tone={TONES[word] ?? "neutral"}>{t(`health.word.${word}`, { defaultValue: word })}</Badge>;
}

function Fact({ label, at, children }: { label: string; at: string | null; children: ReactNode }) {
  const { i18n } = useTranslation();
  const timeZone = useTimeZone();
  return (
    <div className="grid grid-cols-[8rem_minmax(0,1fr)] gap-2">
      <dt className="text-muted">{label}</dt>
      <dd className="wrap-anywhere">
        {children}
        {at && (
          <time dateTime={at} className="mt-0.5 block text-xs text-muted">
            {formatFull(at, i18n.language, timeZone)}
          </time>
        )}
      </dd>
    </div>
  );
}
