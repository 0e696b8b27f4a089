/** One entry of the audit: who, when, what, and each value before and after. */
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { TenantAuditEntry } from "@/api/types";
import { formatFull } from "@/lib/time";
import { Copy } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";

export function ActorName({ entry }: { entry: TenantAuditEntry }) {
  const { t } = useTranslation();
  if (!entry.actor) return t("author.system");
  return entry.actor.name ?? t("auditLog.stranger");
}

/** The action in words; the code where there are none. */
export function ActionName({ action }: { action: string }) {
  const { t } = useTranslation();
  const words = t(`auditLog.action.${action}`, { defaultValue: "" });
  return words ? words : <code className="font-mono text-list">{action}</code>;
}

interface Change {
  from: unknown;
  to: unknown;
}

function isChange(value: unknown): value is Change {
  return typeof value === "object" && value !== null && "from" in value && "to" in value;
}

function members(data: unknown): [string, unknown][] {
  return typeof data === "object" && data !== null ? Object.entries(data) : [];
}

export function AuditDialog({ entry, onClose }: { entry: TenantAuditEntry; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const all = members(entry.data);
  // A change of one value is told by itself: {"from", "to"}.
  const rows: [string, unknown][] =
    isChange(entry.data) && all.length === 2 ? [[t("auditLog.value"), entry.data]] : all;
  const changed = rows.length > 0 && rows.every(([, value]) => isChange(value));
  return (
    <Dialog open wide onOpenChange={(open) => !open && onClose()} title={t("auditLog.entry")}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        <dt className="text-muted">{t("auditLog.who")}</dt>
        <dd>
          <ActorName entry={entry} />
          {entry.actor?.superadmin && (
            <span className="block text-list text-muted">
              {t("auditLog.superadmin", { email: entry.actor.superadmin })}
            </span>
          )}
        </dd>
        <dt className="text-muted">{t("auditLog.when")}</dt>
        <dd className="tabular">
          <time dateTime={entry.at}>{formatFull(entry.at, i18n.language, timeZone)}</time>
        </dd>
        <dt className="text-muted">{t("auditLog.what")}</dt>
        <dd className="wrap-anywhere">
          <ActionName action={entry.action} />{" "}
          <code className="font-mono text-xs text-muted">{entry.action}</code>
        </dd>
        {entry.target && (
          <>
            <dt className="text-muted">{t("auditLog.target")}</dt>
            <dd className="min-w-0">
              <Copy value={entry.target} />
            </dd>
          </>
        )}
      </dl>
      {rows.length > 0 && (
        <div className="mt-4 overflow-x-auto rounded-[6px] border border-line">
          <table className="w-full text-left text-list">
            <thead className="bg-bg">
              <tr>
                <th scope="col" className="px-3 py-1.5 font-medium">
                  {t("auditLog.field")}
                </th>
                <th scope="col" className="px-3 py-1.5 font-medium">
                  {t(changed ? "auditLog.before" : "auditLog.value")}
                </th>
                {changed && (
                  <th scope="col" className="px-3 py-1.5 font-medium">
                    {t("auditLog.after")}
                  </th>
                )}
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {rows.map(([name, value]) => (
                <tr key={name} className="align-top">
                  <th scope="row" className="px-3 py-1.5 font-mono text-xs font-normal whitespace-nowrap">
                    {name}
                  </th>
                  {changed && isChange(value) ? (
                    <>
                      <Value value={value.from} />
                      <Value value={value.to} />
                    </>
                  ) : (
                    <Value value={value} />
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Dialog>
  );
}

function Value({ value }: { value: unknown }) {
  const { t } = useTranslation();
  const words =
    value === null || value === ""
      ? t("auditLog.nothing")
      : typeof value === "boolean"
        ? t(value ? "auditLog.yes" : "auditLog.no")
        : typeof value === "object"
          ? JSON.stringify(value, null, 1)
          : String(value);
  return <td className="px-3 py-1.5 whitespace-pre-wrap wrap-anywhere">{words}</td>;
}
