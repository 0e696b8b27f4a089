/** What WhatsApp told of the lines that is no message: quality, names, templates, calls… */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Activity } from "lucide-react";
import { useTranslation } from "react-i18next";
import { channelsQuery, useTimeZone } from "@/api/directory";
import type { LineEvent } from "@/api/types";
import { formatFull } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Select } from "@/ui/field";
import { LoadMore } from "@/ui/load-more";
import { Card, Page } from "@/ui/page";
import { Raw } from "@/ui/raw";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { LineHealthCards } from "./line-health";
import { lineEventsQuery } from "./operations";

/** The webhook fields that become events, by WhatsApp's names. */
const FIELDS = [
  "account_alerts",
  "account_review_update",
  "account_settings_update",
  "account_update",
  "business_capability_update",
  "calls",
  "group_lifecycle_update",
  "group_participants_update",
  "group_settings_update",
  "group_status_update",
  "history",
  "message_template_components_update",
  "message_template_quality_update",
  "message_template_status_update",
  "messages",
  "messaging_handovers",
  "payment_configuration_update",
  "phone_number_name_update",
  "phone_number_quality_update",
  "security",
  "standby",
  "template_category_update",
  "user_id_update",
  "user_preferences",
];

interface LineActivityProps {
  field: string;
  onField: (field: string) => void;
}

export function LineActivityPage({ field, onField }: LineActivityProps) {
  const { t } = useTranslation();
  const events = useInfiniteQuery(lineEventsQuery(field));
  const channels = useQuery(channelsQuery);
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  // A field of tomorrow can be asked for by address, and stands in the list then.
  const fields = !field || FIELDS.includes(field) ? FIELDS : [...FIELDS, field];
  const lineOf = (id: string | null) =>
    id === null
      ? t("activity.account")
      : (channels.data?.items.find((channel) => channel.id === id)?.display_name ?? id);
  return (
    <Page
      title={t("activity.title")}
      text={t("activity.text")}
      actions={
        <Select
          aria-label={t("activity.filter")}
          className="w-64 max-w-full"
          value={field}
          onChange={(event) => onField(event.target.value)}
        >
          <option value="">{t("activity.all")}</option>
          {fields.map((name) => (
            <option key={name} value={name}>
              {t(`activity.field.${name}`, { defaultValue: name })}
            </option>
          ))}
        </Select>
      }
    >
      <LineHealthCards />
      <Card>
        {events.isPending ? (
          <SkeletonRows rows={6} />
        ) : events.isError && items.length === 0 ? (
          <ErrorState error={events.error} onRetry={() => void events.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={Activity} text={t(field ? "activity.emptyFiltered" : "activity.empty")} />
        ) : (
          <>
            <ul className="divide-y divide-line">
              {items.map((event) => (
                <EventRow key={event.id} event={event} line={lineOf(event.channel_id)} />
              ))}
            </ul>
            <LoadMore query={events} />
          </>
        )}
      </Card>
    </Page>
  );
}

function EventRow({ event, line }: { event: LineEvent; line: string }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const at = event.occurred_at ?? event.received_at;
  return (
    <li className="grid gap-x-4 gap-y-1 px-4 py-2.5 sm:grid-cols-[11rem_minmax(0,1fr)]">
      <time dateTime={at} className="text-list text-muted">
        {formatFull(at, i18n.language, timeZone)}
      </time>
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium">
            {t(`activity.field.${event.field}`, { defaultValue: event.field })}
          </span>
          {event.kind && (
            <Badge>
              <span className="truncate">{event.kind}</span>
            </Badge>
          )}
          <span className="text-list text-muted">{line}</span>
        </p>
        <details className="text-list text-muted">
          <summary className="w-fit rounded-[4px] hover:text-ink">{t("audit.data")}</summary>
          <div className="mt-1 text-ink">
            <Raw value={event.payload} label={t("audit.data")} />
          </div>
        </details>
      </div>
    </li>
  );
}
