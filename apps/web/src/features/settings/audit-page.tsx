/** Who changed what in the company: filtered by address, looked at one by one, taken out as a table. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ChevronRight, Download, ScrollText, Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usersQuery, useTimeZone } from "@/api/directory";
import type { TenantAuditEntry } from "@/api/types";
import { formatFull, formatMoment } from "@/lib/time";
import { Button } from "@/ui/button";
import { Input, Select } from "@/ui/field";
import { LoadMore } from "@/ui/load-more";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { ActionName, ActorName, AuditDialog } from "./audit-dialog";
import { type AuditFilter, tenantAuditQuery, useExportAudit } from "./tenant-settings";

/** What actions are about: their first word. */
const SUBJECTS = [
  "settings",
  "branch",
  "service",
  "quick_reply",
  "tag",
  "line",
  "user",
  "role",
  "conversation",
  "contact",
  "message",
  "dead_letter",
  "audit",
  "impersonation",
] as const;

interface AuditPageProps {
  filter: AuditFilter;
  onChange: (filter: AuditFilter) => void;
}

export function AuditPage({ filter, onChange }: AuditPageProps) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(tenantAuditQuery(filter));
  const take = useExportAudit();
  const [open, setOpen] = useState<TenantAuditEntry | null>(null);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Object.values(filter).some(Boolean);
  return (
    <Page
      title={t("auditLog.title")}
      text={t("auditLog.text")}
      actions={
        <Button busy={take.isPending} onClick={() => take.mutate(filter)}>
          <Download aria-hidden />
          {t("auditLog.export")}
        </Button>
      }
    >
      <Filters filter={filter} onChange={onChange} />
      <Card>
        {list.isPending ? (
          <SkeletonRows rows={8} />
        ) : list.isError && items.length === 0 ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={ScrollText} text={t(filtered ? "auditLog.none" : "auditLog.empty")}>
            {filtered && <Button onClick={() => onChange({})}>{t("list.clear")}</Button>}
          </EmptyState>
        ) : (
          <>
            <ul className="divide-y divide-line">
              {items.map((entry) => (
                <EntryRow key={entry.id} entry={entry} onOpen={() => setOpen(entry)} />
              ))}
            </ul>
            <LoadMore query={list} />
          </>
        )}
      </Card>
      {open && <AuditDialog entry={open} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function EntryRow({ entry, onOpen }: { entry: TenantAuditEntry; onOpen: () => void }) {
  const { i18n } = useTranslation();
  const timeZone = useTimeZone();
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        className="flex min-h-12 w-full items-center gap-3 px-4 py-2 text-left outline-offset-[-2px] hover:bg-raised/60"
      >
        <span className="grid min-w-0 flex-1 gap-x-4 sm:grid-cols-[11rem_1fr]">
          <time
            dateTime={entry.at}
            title={formatFull(entry.at, i18n.language, timeZone)}
            className="tabular text-list text-muted"
          >
            {formatMoment(entry.at, i18n.language, timeZone)}
          </time>
          <span className="min-w-0 wrap-anywhere">
            <span className="font-medium">
              <ActorName entry={entry} />
            </span>{" "}
            <ActionName action={entry.action} />
          </span>
        </span>
        <ChevronRight aria-hidden className="size-4 shrink-0 text-muted" />
      </button>
    </li>
  );
}

function Filters({ filter, onChange }: AuditPageProps) {
  const { t } = useTranslation();
  const users = useQuery(usersQuery);
  const [q, setQ] = useState(filter.q ?? "");
  const [asked, setAsked] = useState(filter.q);
  if (asked !== filter.q) {
    // The address changed elsewhere: by "clear" or by going back.
    setAsked(filter.q);
    setQ(filter.q ?? "");
  }
  const set = (change: AuditFilter) => onChange({ ...filter, ...change });
  return (
    <form
      className="mb-3 grid grid-cols-2 gap-2 lg:grid-cols-[11.5rem_11.5rem_9.5rem_9.5rem_minmax(0,1fr)_auto]"
      onSubmit={(event) => {
        event.preventDefault();
        set({ q: q.trim() || undefined });
      }}
    >
      <Select
        aria-label={t("auditLog.who")}
        value={filter.actor ?? ""}
        onChange={(event) => set({ actor: event.target.value || undefined })}
      >
        <option value="">{t("auditLog.anybody")}</option>
        <option value="system">{t("author.system")}</option>
        {users.data?.items.map((user) => (
          <option key={user.id} value={user.id}>
            {user.name}
          </option>
        ))}
      </Select>
      <Select
        aria-label={t("auditLog.what")}
        value={filter.action ?? ""}
        onChange={(event) => set({ action: event.target.value || undefined })}
      >
        <option value="">{t("auditLog.anything")}</option>
        {SUBJECTS.map((subject) => (
          <option key={subject} value={`${subject}.`}>
            {t(`auditLog.subject.${subject}`)}
          </option>
        ))}
      </Select>
      <Input
        type="date"
        aria-label={t("auditLog.from")}
        value={filter.from ?? ""}
        max={filter.to}
        onChange={(event) => set({ from: event.target.value || undefined })}
      />
      <Input
        type="date"
        aria-label={t("auditLog.to")}
        value={filter.to ?? ""}
        min={filter.from}
        onChange={(event) => set({ to: event.target.value || undefined })}
      />
      <Input
        type="search"
        aria-label={t("auditLog.search")}
        placeholder={t("auditLog.search")}
        value={q}
        onChange={(event) => setQ(event.target.value)}
      />
      <Button type="submit">
        <Search aria-hidden />
        {t("letters.find")}
      </Button>
    </form>
  );
}
