/** The report on one of the tenant's lines, with a way to ask WhatsApp now. */
import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import { Button } from "@/ui/button";
import { LineReportSkeleton, LineReportView } from "@/ui/line-report";
import { ErrorState } from "@/ui/states";
import { lineReportQuery, useCheckLine } from "./operations";

export function LineReportPanel({ lineId }: { lineId: string }) {
  const { t } = useTranslation();
  const timeZone = useTimeZone();
  const report = useQuery(lineReportQuery(lineId));
  const check = useCheckLine(lineId);
  if (report.isPending) return <LineReportSkeleton />;
  if (report.isError) return <ErrorState error={report.error} onRetry={() => void report.refetch()} />;
  return (
    <LineReportView
      report={report.data}
      timeZone={timeZone}
      actions={
        <Button size="sm" busy={check.isPending} onClick={() => check.mutate()}>
          <RefreshCw aria-hidden className={check.isPending ? "motion-safe:animate-spin" : ""} />
          {t("lineHealth.check")}
        </Button>
      }
    />
  );
}
