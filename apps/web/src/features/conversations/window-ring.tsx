/** The service window as a ring that empties, with its words. */
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { formatDuration, serviceWindow } from "@/lib/time";
import { useNow } from "@/lib/use-now";

const R = 6.5;
const LENGTH = 2 * Math.PI * R;
const COLOUR = { open: "text-ok", short: "text-warn", closing: "text-bad", closed: "text-muted" } as const;

interface WindowRingProps {
  expiresAt: string | null;
  /** In a row the ring only shows when time is getting short. */
  compact?: boolean;
}

export function WindowRing({ expiresAt, compact }: WindowRingProps) {
  const { t } = useTranslation();
  const now = useNow();
  const { state, fraction, left } = serviceWindow(expiresAt, now);
  if (compact && (left === null || left <= 0 || left >= 4 * 3_600_000)) return null;
  const words =
    state !== "closed"
      ? t("window.open", { time: formatDuration(left ?? 0) })
      : left === null
        ? t("window.never")
        : t("window.closed", { time: formatDuration(left) });
  return (
    <span
      title={words}
      className={cn("tabular inline-flex items-center gap-1 text-xs whitespace-nowrap", COLOUR[state])}
    >
      <svg aria-hidden width="16" height="16" viewBox="0 0 16 16" className="shrink-0 -rotate-90">
        <circle cx="8" cy="8" r={R} fill="none" stroke="var(--line)" strokeWidth="2" />
        {fraction > 0 && (
          <circle
            cx="8"
            cy="8"
            r={R}
            fill="none"
            stroke="currentColor"
            strokeWidth="2"
            strokeDasharray={`${LENGTH * fraction} ${LENGTH}`}
          />
        )}
      </svg>
      <span className="sr-only">{words}</span>
      <span aria-hidden>{state === "closed" ? t("window.closedShort") : formatDuration(left ?? 0)}</span>
    </span>
  );
}
