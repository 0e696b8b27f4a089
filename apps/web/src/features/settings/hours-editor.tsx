/** When the tenant is open: zone, weekdays, holidays. */
import { CopyCheck, Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Settings } from "@/api/types";
import { formatMoment } from "@/lib/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Check, Field, Input, Select } from "@/ui/field";
import { Card } from "@/ui/page";
import { DAYS, type Day, type Draft, newKey } from "./general";
import { RangesEditor } from "./ranges-editor";

export interface SectionProps {
  draft: Draft;
  disabled: boolean;
  errors: Record<string, string>;
  onChange: (change: Partial<Draft>) => void;
}

function zones(...known: string[]): string[] {
  return [...new Set([...known.filter(Boolean), ...Intl.supportedValuesOf("timeZone")])];
}

/** What the weekday is called, from the browser: Monday, 1 January 2024, and the days after it. */
function dayName(day: Day, language: string): string {
  const date = Date.UTC(2024, 0, 1 + DAYS.indexOf(day));
  return new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }).format(date);
}

export function HoursCard({
  draft,
  disabled,
  errors,
  onChange,
  settings,
}: SectionProps & { settings: Settings }) {
  const { t, i18n } = useTranslation();
  const zone = settings.timezone ?? settings.timezone_default;
  const copy = (day: Day) => {
    const hours = { ...draft.hours };
    for (const other of DAYS) hours[other] = draft.hours[day].map((range) => ({ ...range }));
    onChange({ hours });
  };
  return (
    <Card title={t("general.hours.title")}>
      <div className="grid gap-4 p-4">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={settings.is_open ? "ok" : "neutral"}>
            {t(settings.is_open ? "general.hours.openNow" : "general.hours.closedNow")}
          </Badge>
          <span className="text-list text-muted">
            {settings.next_opening_at
              ? t("general.hours.opensAt", {
                  when: formatMoment(settings.next_opening_at, i18n.language, zone),
                })
              : t("general.hours.asSaved")}
          </span>
        </p>
        <Field label={t("general.timezone")} hint={t("general.timezoneHint")} error={errors["/timezone"]}>
          {(field) => (
            <Select
              {...field}
              className="max-w-96"
              disabled={disabled}
              value={draft.timezone}
              onChange={(event) => onChange({ timezone: event.target.value })}
            >
              <option value="">{t("general.timezoneDefault", { zone: settings.timezone_default })}</option>
              {zones(draft.timezone).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          )}
        </Field>
        <Check
          label={t("general.hours.always")}
          hint={t("general.hours.alwaysHint")}
          disabled={disabled}
          checked={draft.always}
          onChange={(event) => onChange({ always: event.target.checked })}
        />
        {!draft.always && (
          <ul className="divide-y divide-line border-t border-line">
            {DAYS.map((day) => {
              const name = dayName(day, i18n.language);
              return (
                <li key={day} className="grid gap-x-4 gap-y-1 py-3 sm:grid-cols-[8rem_1fr_auto]">
                  <h3 className="flex h-9 items-center font-medium">
                    <span className="inline-block first-letter:uppercase">{name}</span>
                  </h3>
                  <RangesEditor
                    name={name}
                    ranges={draft.hours[day]}
                    disabled={disabled}
                    errors={errors}
                    at={`/business_hours/${day}`}
                    onChange={(ranges) => onChange({ hours: { ...draft.hours, [day]: ranges } })}
                  />
                  {!disabled && (
                    <Button
                      size="sm"
                      variant="ghost"
                      className="justify-self-start sm:mt-1"
                      aria-label={t("general.hours.copyOf", { name })}
                      onClick={() => copy(day)}
                    >
                      <CopyCheck />
                      {t("general.hours.copy")}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </Card>
  );
}

export function HolidaysCard({ draft, disabled, errors, onChange }: SectionProps) {
  const { t } = useTranslation();
  const set = (key: string, change: Partial<Draft["holidays"][number]>) =>
    onChange({
      holidays: draft.holidays.map((holiday) => (holiday.key === key ? { ...holiday, ...change } : holiday)),
    });
  const add = () =>
    onChange({ holidays: [...draft.holidays, { key: newKey(), date: "", name: "", open: [] }] });
  return (
    <Card title={t("general.holidays.title")}>
      <div className="grid gap-3 p-4">
        <p className="text-muted">{t("general.holidays.text")}</p>
        {draft.holidays.length > 0 && (
          <ul className="divide-y divide-line border-y border-line">
            {draft.holidays.map((holiday, place) => {
              const named = holiday.name || t("general.holidays.nth", { place: place + 1 });
              return (
                <li
                  key={holiday.key}
                  className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-2 py-3 sm:grid-cols-[10rem_minmax(0,1fr)_20rem_auto]"
                >
                  <Field label={t("general.holidays.date")} error={errors[`/holidays/${place}/date`]}>
                    {(field) => (
                      <Input
                        {...field}
                        type="date"
                        required
                        disabled={disabled}
                        value={holiday.date}
                        onChange={(event) => set(holiday.key, { date: event.target.value })}
                      />
                    )}
                  </Field>
                  <div className="max-sm:order-3 max-sm:col-span-2">
                    <Field label={t("general.holidays.name")} error={errors[`/holidays/${place}/name`]}>
                      {(field) => (
                        <Input
                          {...field}
                          required
                          maxLength={120}
                          disabled={disabled}
                          value={holiday.name}
                          onChange={(event) => set(holiday.key, { name: event.target.value })}
                        />
                      )}
                    </Field>
                  </div>
                  <div className="grid content-start gap-1 max-sm:order-4 max-sm:col-span-2">
                    <span className="text-list font-medium">{t("general.holidays.open")}</span>
                    <RangesEditor
                      name={named}
                      ranges={holiday.open}
                      disabled={disabled}
                      errors={errors}
                      at={`/holidays/${place}/open`}
                      onChange={(open) => set(holiday.key, { open })}
                    />
                  </div>
                  {!disabled && (
                    <Button
                      variant="ghost"
                      size="icon"
                      className="mt-5.5 max-sm:order-2"
                      aria-label={t("general.holidays.remove", { name: named })}
                      onClick={() =>
                        onChange({ holidays: draft.holidays.filter((other) => other.key !== holiday.key) })
                      }
                    >
                      <Trash2 />
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
        {!disabled && (
          <Button className="justify-self-start" onClick={add}>
            <Plus aria-hidden />
            {t("general.holidays.add")}
          </Button>
        )}
      </div>
    </Card>
  );
}
