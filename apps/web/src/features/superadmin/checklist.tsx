/** What a tenant still needs before it can work; the server ticks the steps. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Circle, CircleCheck, CircleHelp, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { SetupStep } from "@/api/types";
import { Card } from "@/ui/page";
import { ErrorState, SkeletonRows } from "@/ui/states";
import { checklistQuery } from "./platform-queries";
import type { TenantTab } from "./tabs";

const STATES = {
  done: { icon: CircleCheck, colour: "text-ok" },
  todo: { icon: Circle, colour: "text-muted" },
  warning: { icon: TriangleAlert, colour: "text-warn" },
  unknown: { icon: CircleHelp, colour: "text-muted" },
} as const;

/** Where a step is done; what happens on WhatsApp or at the login has no tab. */
const TABS: { [action: string]: TenantTab } = {
  attach_database: "database",
  migrate_database: "database",
  check_database: "database",
  add_admin: "users",
  choose_branding: "branding",
  add_line: "lines",
  check_line: "lines",
  set_app_secret: "lines",
  verify_webhook: "apps",
  subscribe: "lines",
};

export function Checklist({ tenantId }: { tenantId: string }) {
  const { t } = useTranslation();
  const list = useQuery(checklistQuery(tenantId));
  const title = list.data
    ? t("setup.title", { done: list.data.done, all: list.data.items.length })
    : t("checklist.title");
  return (
    <Card title={title}>
      {list.isPending ? (
        <SkeletonRows rows={8} height="h-10" />
      ) : list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <ol className="divide-y divide-line">
          {list.data.items.map((step) => (
            <StepRow key={step.code} step={step} tenantId={tenantId} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function StepRow({ step, tenantId }: { step: SetupStep; tenantId: string }) {
  const { t } = useTranslation();
  const { icon: Icon, colour } = STATES[step.state];
  const isDone = step.state === "done";
  const tab = TABS[step.action];
  const name = t(`checklist.step.${step.code}`, { defaultValue: step.code });
  return (
    <li className="flex items-start gap-3 px-4 py-2.5">
      <Icon
        role="img"
        aria-label={t(`checklist.state.${step.state}`)}
        className={`mt-0.5 size-4 shrink-0 ${colour}`}
      />
      <div className="min-w-0 flex-1">
        <p className={isDone ? "text-muted" : "font-medium"}>
          {name}
          {step.detail && <span className="font-normal text-muted"> · {detailOf(step, t)}</span>}
        </p>
        {!isDone && (
          <p className="text-list text-muted">
            {t(`checklist.action.${step.action}`, { defaultValue: step.action })}
          </p>
        )}
      </div>
      {!isDone && tab && (
        <Link
          to="/superadmin/tenants/$tenantId"
          params={{ tenantId }}
          search={{ tab }}
          aria-label={t("setup.go", { step: name })}
          className="shrink-0 font-medium text-accent hover:underline"
        >
          {t("setup.do")}
        </Link>
      )}
    </li>
  );
}

/** A line's name is shown as it is; of a database it is a word of ours. */
function detailOf(step: SetupStep, t: (key: string, options: { defaultValue: string }) => string): string {
  const detail = step.detail ?? "";
  return step.code === "database" ? t(`tenantHealth.database.${detail}`, { defaultValue: detail }) : detail;
}
