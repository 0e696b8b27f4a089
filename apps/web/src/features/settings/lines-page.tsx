/** The tenant's lines, to look at: they are set up by the platform. */
import { useQuery } from "@tanstack/react-query";
import { Pencil, Phone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { channelsQuery, useTimeZone } from "@/api/directory";
import type { Channel } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Copy } from "@/ui/copy";
import { LinePanel } from "@/ui/line-panel";
import { LineHeadline, LineState } from "@/ui/line-report";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { LineReportPanel } from "./line-report";
import { RenameLineDialog } from "./rename-line-dialog";

export function LinesPage() {
  const { t } = useTranslation();
  const lines = useQuery(channelsQuery);
  const timeZone = useTimeZone();
  const mayLook = usePermission("settings.write");
  const [renaming, setRenaming] = useState<Channel | null>(null);
  const headline = (line: Channel) =>
    line.is_active && <LineHeadline health={line.health} timeZone={timeZone} />;
  return (
    <Page title={t("settings.lines.title")} text={t("settings.lines.text")}>
      <Card>
        {lines.isPending ? (
          <SkeletonRows rows={3} height="h-16" />
        ) : lines.isError ? (
          <ErrorState error={lines.error} onRetry={() => void lines.refetch()} />
        ) : lines.data.items.length === 0 ? (
          <EmptyState icon={Phone} text={t("settings.lines.empty")} />
        ) : (
          <ul className="divide-y divide-line">
            {lines.data.items.map((line) => (
              <li key={line.id} className="flex min-h-16 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
                <div className="min-w-40 flex-1">
                  <p className="flex items-center gap-1 font-medium">
                    {line.display_name}
                    {mayLook && (
                      <Button
                        variant="ghost"
                        size="icon"
                        className="size-7"
                        aria-label={t("renameLine.title", { name: line.display_name })}
                        onClick={() => setRenaming(line)}
                      >
                        <Pencil />
                      </Button>
                    )}
                  </p>
                  <p className="tabular text-list text-muted">
                    {line.display_phone_number ?? t("settings.lines.noNumber")}
                  </p>
                </div>
                <Copy value={line.phone_number_id} />
                <span className="flex flex-wrap gap-1.5">
                  {line.is_default && <Badge tone="accent">{t("line.default")}</Badge>}
                  <Badge tone={line.is_active ? "ok" : "warn"}>
                    {t(line.is_active ? "line.active" : "line.inactive")}
                  </Badge>
                  {!line.has_token && <Badge tone="bad">{t("line.withoutToken")}</Badge>}
                  {!line.has_app_secret && <Badge tone="warn">{t("line.withoutSecret")}</Badge>}
                  {line.is_active && <LineState state={line.health.state} />}
                </span>
                {mayLook ? (
                  <LinePanel name={line.display_name} headline={headline(line)}>
                    <LineReportPanel lineId={line.id} />
                  </LinePanel>
                ) : (
                  <div className="w-full empty:hidden">{headline(line)}</div>
                )}
              </li>
            ))}
          </ul>
        )}
      </Card>
      {renaming && <RenameLineDialog line={renaming} onClose={() => setRenaming(null)} />}
    </Page>
  );
}
