/** The report on any tenant's line: ask WhatsApp now, and let the token's app hear of the account. */
import { useQuery } from "@tanstack/react-query";
import { RefreshCw, Rss } from "lucide-react";
import { useTranslation } from "react-i18next";
import { localZone } from "@/lib/time";
import { Button } from "@/ui/button";
import { LineReportSkeleton, LineReportView } from "@/ui/line-report";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";
import { lineReportQuery, useAskLine } from "./queries";

export function LineReportPanel({ lineId }: { lineId: string }) {
  const { t } = useTranslation();
  const report = useQuery(lineReportQuery(lineId));
  const check = useAskLine(lineId, "check");
  const subscribe = useAskLine(lineId, "subscribe");
  if (report.isPending) return <LineReportSkeleton />;
  if (report.isError) return <ErrorState error={report.error} onRetry={() => void report.refetch()} />;
  const busy = check.isPending || subscribe.isPending;
  return (
    <LineReportView
      report={report.data}
      timeZone={localZone()}
      actions={
        <>
          <Button size="sm" disabled={busy} busy={check.isPending} onClick={() => check.mutate()}>
            <RefreshCw aria-hidden className={check.isPending ? "motion-safe:animate-spin" : ""} />
            {t("lineHealth.check")}
          </Button>
          {report.data.is_subscribed !== true && (
            <Button
              size="sm"
              disabled={busy}
              busy={subscribe.isPending}
              onClick={() =>
                subscribe.mutate(undefined, { onSuccess: () => toast.success(t("lineHealth.nowSubscribed")) })
              }
            >
              <Rss aria-hidden />
              {t("lineHealth.subscribe")}
            </Button>
          )}
        </>
      }
    />
  );
}
