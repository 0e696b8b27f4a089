/** How a line does: its state in one word, what is wrong and what to do, and all that WhatsApp says of it. */
import {
  CircleAlert,
  CircleCheck,
  CircleHelp,
  Info,
  type LucideIcon,
  PauseCircle,
  TriangleAlert,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ChannelHealth, LineProblem, LineReport } from "@/api/types";
import { formatMoment } from "@/lib/time";
import { Badge } from "./badge";
import { Skeleton } from "./states";

const STATES = {
  ok: { icon: CircleCheck, tone: "ok" },
  attention: { icon: TriangleAlert, tone: "warn" },
  paused: { icon: PauseCircle, tone: "bad" },
  unknown: { icon: CircleHelp, tone: "neutral" },
} as const;

export function LineState({ state }: { state: ChannelHealth["state"] }) {
  const { t } = useTranslation();
  const { icon: Icon, tone } = STATES[state];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {t(`lineHealth.state.${state}`)}
    </Badge>
  );
}

/** Why a line waits or needs a look, and what to do, in two sentences; nothing when all is well. */
export function LineHeadline({ health, timeZone }: { health: ChannelHealth; timeZone: string }) {
  const { t, i18n } = useTranslation();
  const { state, code, advice, paused_at } = health;
  if (!code || state === "ok") return null;
  const isPaused = state === "paused";
  return (
    <p className="text-list">
      <span className={isPaused ? "font-medium text-bad" : "font-medium text-warn"}>
        {isPaused && `${t("lineHealth.waitingShort")} `}
        {t(`lineHealth.code.${code}`, { defaultValue: code })}
      </span>{" "}
      <span className="text-muted">
        {advice && t(`lineHealth.advice.${advice}`, { defaultValue: "" })}
        {paused_at && ` ${t("lineHealth.since", { when: formatMoment(paused_at, i18n.language, timeZone) })}`}
      </span>
    </p>
  );
}

const SEVERITY: Record<LineProblem["severity"], { icon: LucideIcon; colour: string }> = {
  error: { icon: CircleAlert, colour: "text-bad" },
  warning: { icon: TriangleAlert, colour: "text-warn" },
  info: { icon: Info, colour: "text-muted" },
};

type Tone = "ok" | "warn" | "bad" | "neutral";

/** WhatsApp's words; one that is not among them is shown as it came. */
const WORD_TONES: Record<string, Tone> = {
  CONNECTED: "ok",
  DISCONNECTED: "bad",
  BANNED: "bad",
  RESTRICTED: "bad",
  RATE_LIMITED: "warn",
  FLAGGED: "warn",
  GREEN: "ok",
  YELLOW: "warn",
  RED: "bad",
  APPROVED: "ok",
  AVAILABLE_WITHOUT_REVIEW: "ok",
  DECLINED: "bad",
  EXPIRED: "bad",
  PENDING_REVIEW: "warn",
  AVAILABLE: "ok",
  LIMITED: "warn",
  BLOCKED: "bad",
};

interface ReportProps {
  report: LineReport;
  timeZone: string;
  /** Buttons: check now, subscribe. */
  actions: ReactNode;
}

export function LineReportView({ report, timeZone, actions }: ReportProps) {
  const { t, i18n } = useTranslation();
  const when = (at: string) => formatMoment(at, i18n.language, timeZone);
  // What pauses it is said once.
  const problems = report.problems.filter(({ code }) => code !== report.pause?.code);
  return (
    <div className="grid gap-4">
      {report.pause && (
        <div role="status" className="rounded-md border border-bad/40 px-3 py-2 text-list">
          <p className="flex items-center gap-1.5 font-medium text-bad">
            <PauseCircle aria-hidden className="size-4 shrink-0" />
            {t("lineHealth.waitingShort")}{" "}
            {t(`lineHealth.code.${report.pause.code}`, { defaultValue: report.pause.code })}
          </p>
          <p>{t(`lineHealth.advice.${report.pause.advice}`, { defaultValue: "" })}</p>
          <p className="text-muted">
            {t("lineHealth.since", { when: when(report.pause.since) })} {t("lineHealth.kept")}
          </p>
          <Said code={report.pause.meta_code} detail={report.pause.detail} />
        </div>
      )}
      {problems.length > 0 ? (
        <ul aria-label={t("lineHealth.problems")} className="grid gap-2">
          {problems.map((problem) => (
            <Problem key={`${problem.code}-${problem.detail}`} problem={problem} when={when} />
          ))}
        </ul>
      ) : (
        report.state === "ok" && (
          <p className="flex items-center gap-1.5 text-list text-ok">
            <CircleCheck aria-hidden className="size-4" />
            {t("lineHealth.fine")}
          </p>
        )
      )}
      <Facts report={report} when={when} />
      <div className="flex flex-wrap items-center gap-2">
        {actions}
        <p className="text-list text-muted">
          {report.checked_at
            ? t("lineHealth.checked", { when: when(report.checked_at) })
            : t("lineHealth.neverChecked")}
        </p>
      </div>
    </div>
  );
}

function Problem({ problem, when }: { problem: LineProblem; when: (at: string) => string }) {
  const { t } = useTranslation();
  const { icon: Icon, colour } = SEVERITY[problem.severity];
  const detail =
    problem.code === "token_expires_soon" && problem.detail ? when(problem.detail) : problem.detail;
  return (
    <li className="flex items-start gap-2 text-list">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${colour}`} />
      <div className="min-w-0">
        <p>
          <span className="sr-only">{t(`lineHealth.severity.${problem.severity}`)}: </span>
          <span className="font-medium">
            {t(`lineHealth.code.${problem.code}`, { defaultValue: problem.code })}
          </span>{" "}
          <span className="text-muted">{t(`lineHealth.advice.${problem.advice}`, { defaultValue: "" })}</span>
        </p>
        <Said code={problem.meta_code} detail={detail} />
      </div>
    </li>
  );
}

function Said({ code, detail }: { code: number | null; detail: string | null }) {
  const { t } = useTranslation();
  if (code === null && !detail) return null;
  return (
    <p className="text-muted wrap-anywhere">
      {detail && /^[A-Z_]+$/.test(detail) ? t(`lineHealth.word.${detail}`, { defaultValue: detail }) : detail}
      {detail && code !== null && " · "}
      {code !== null && <code className="font-mono text-xs">{code}</code>}
    </p>
  );
}

function Facts({ report, when }: { report: LineReport; when: (at: string) => string }) {
  const { t } = useTranslation();
  const yesNo = (value: boolean | null, yes: string, no: string) =>
    value === null ? "–" : <Badge tone={value ? "ok" : "bad"}>{t(value ? yes : no)}</Badge>;
  return (
    <dl className="grid gap-x-6 gap-y-2 text-list sm:grid-cols-2">
      <Fact name="token">
        {yesNo(report.token_valid, "lineHealth.valid", "lineHealth.invalid")}
        {report.token_expires_at && (
          <span className="text-muted">
            {t("lineHealth.expires", { when: when(report.token_expires_at) })}
          </span>
        )}
      </Fact>
      <Fact name="permissions">
        {report.missing_scopes.length > 0 ? (
          <span className="text-bad">
            {t("lineHealth.missing", { scopes: report.missing_scopes.join(", ") })}
          </span>
        ) : report.scopes.length > 0 ? (
          <Badge tone="ok">{t("lineHealth.complete")}</Badge>
        ) : (
          "–"
        )}
      </Fact>
      <Fact name="subscription">
        {yesNo(report.is_subscribed, "lineHealth.subscribed", "lineHealth.unsubscribed")}
      </Fact>
      <Fact name="status">
        <Word word={report.number_status} />
      </Fact>
      <Fact name="canSend">
        <Word word={report.can_send} />
      </Fact>
      <Fact name="quality">
        <Word word={report.quality} />
      </Fact>
      <Fact name="limit">
        {report.messaging_limit
          ? t(`health.tier.${report.messaging_limit}`, { defaultValue: report.messaging_limit })
          : "–"}
      </Fact>
      <Fact name="throughput">
        {report.throughput
          ? t(`lineHealth.speed.${report.throughput}`, { defaultValue: report.throughput })
          : "–"}
      </Fact>
      <Fact name="name">
        {report.verified_name && <span>{report.verified_name}</span>}
        <Word word={report.name_status} />
      </Fact>
      <Fact name="app">
        {report.on_business_app === null
          ? "–"
          : t(report.on_business_app ? "lineHealth.shared" : "lineHealth.apiOnly")}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="grid grid-cols-[8rem_minmax(0,1fr)] gap-2">
      <dt className="text-muted">{t(`lineHealth.fact.${name}`)}</dt>
      <dd className="flex flex-wrap items-center gap-1.5 wrap-anywhere">{children}</dd>
    </div>
  );
}

function Word({ word }: { word: string | null }) {
  const { t } = useTranslation();
  if (!word) return "–";
  return (
    <Badge tone={WORD_TONES[word] ?? "neutral"}>{t(`lineHealth.word.${word}`, { defaultValue: word })}</Badge>
  );
}

export function LineReportSkeleton() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("state.loading")} className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
      {Array.from({ length: 8 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no other identity
        <Skeleton key={row} className="h-4 w-full max-w-64" />
      ))}
    </div>
  );
}
