/** How many dead letters a company has, by class: to know where to look, not what they say. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { MailCheck, MailQuestion } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatFull, localZone } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Copy } from "@/ui/copy";
import { LoadMore } from "@/ui/load-more";
import { Card } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { letterCountsQuery } from "./operations";

export function LetterCounts({ tenantId }: { tenantId: string | undefined }) {
  const { t } = useTranslation();
  return (
    <Card title={t("letters.title")}>
      {tenantId ? (
        <Counts key={tenantId} tenantId={tenantId} />
      ) : (
        <EmptyState icon={MailQuestion} text={t("spool.chooseTenant")} />
      )}
    </Card>
  );
}

function Counts({ tenantId }: { tenantId: string }) {
  const { t, i18n } = useTranslation();
  const counts = useInfiniteQuery(letterCountsQuery(tenantId));
  const when = (at: string) => formatFull(at, i18n.language, localZone());
  if (counts.isPending) return <SkeletonRows rows={2} />;
  if (counts.isError) return <ErrorState error={counts.error} onRetry={() => void counts.refetch()} />;
  const items = counts.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <EmptyState icon={MailCheck} text={t("letters.empty")} />;
  return (
    <>
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <li
            key={`${item.kind}|${item.state}|${item.fingerprint}`}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5"
          >
            <span className="tabular w-12 text-right text-lg font-semibold">{item.letters}</span>
            <span className="grid min-w-48 flex-1 gap-0.5">
              <span className="flex flex-wrap items-center gap-2">
                <span className="font-medium">
                  {t(`letters.kind.${item.kind}`, { defaultValue: item.kind })}
                </span>
                <Badge tone={item.state === "open" ? "warn" : "neutral"}>
                  {t(`letters.state.${item.state}`, { defaultValue: item.state })}
                </Badge>
              </span>
              <Copy value={item.fingerprint} className="text-xs" />
            </span>
            <span className="text-list text-muted">
              {item.letters === 1
                ? when(item.newest_at)
                : t("spool.between", { from: when(item.oldest_at), to: when(item.newest_at) })}
            </span>
          </li>
        ))}
      </ul>
      <LoadMore query={counts} />
    </>
  );
}
