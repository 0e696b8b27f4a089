/** What a list or a page shows when it has nothing else: loading, empty, failed, forbidden. */
import { CircleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { problemWords } from "@/lib/problem";
import { Button } from "./button";

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("skeleton", className)} />;
}

/** Rows of a table to come. */
export function SkeletonRows({ rows = 6, height = "h-12" }: { rows?: number; height?: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("state.loading")} className="divide-y divide-line">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no other identity
        <div key={row} className={cn("flex items-center gap-4 px-4", height)}>
          <Skeleton className="h-3.5 w-1/4" />
          <Skeleton className="h-3.5 w-1/6" />
          <Skeleton className="ml-auto h-3.5 w-16" />
        </div>
      ))}
    </div>
  );
}

interface EmptyProps {
  icon: LucideIcon;
  text: string;
  children?: ReactNode;
}

export function EmptyState({ icon: Icon, text, children }: EmptyProps) {
  return (
    <div className="flex h-full min-h-48 flex-col items-center justify-center gap-3 p-6 text-center">
      <Icon aria-hidden className="size-8 text-muted" strokeWidth={1.5} />
      <p className="max-w-80 text-muted">{text}</p>
      {children}
    </div>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <div
      role="alert"
      className="flex h-full min-h-48 flex-col items-center justify-center gap-3 p-6 text-center"
    >
      <CircleAlert aria-hidden className="size-8 text-bad" strokeWidth={1.5} />
      <p className="max-w-96">{problemWords(error, t)}</p>
      {onRetry && <Button onClick={onRetry}>{t("action.retry")}</Button>}
    </div>
  );
}

/** A line across the top of a page or a form. */
export function Notice({
  tone,
  icon: Icon,
  children,
}: {
  tone: "warn" | "bad" | "ok" | "info";
  icon: LucideIcon;
  children: ReactNode;
}) {
  const colour = { warn: "text-warn", bad: "text-bad", ok: "text-ok", info: "text-accent" }[tone];
  const edge = {
    warn: "border-warn/40",
    bad: "border-bad/40",
    ok: "border-ok/40",
    info: "border-line",
  }[tone];
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={cn("flex items-start gap-2 rounded-md border bg-surface px-3 py-2", edge)}
    >
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", colour)} />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
