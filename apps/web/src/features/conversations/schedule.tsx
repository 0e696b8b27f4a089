/** When a message goes out, chosen in the tenant's time. */
import { CalendarClock } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatFull, formatMoment, fromLocalInput, toLocalInput } from "@/lib/time";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Popover } from "@/ui/menu";
import { Chip } from "./attachment";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** As far ahead as the API takes it. */
const FARTHEST = 365 * DAY;

interface ScheduleProps {
  timeZone: string;
  /** When the customer's window closes; what is for later is judged then. */
  windowEnd: string | null;
  onPick: (at: string) => void;
}

export function ScheduleButton({ timeZone, windowEnd, onPick }: ScheduleProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t("schedule.title")}
      align="start"
      trigger={
        <Button
          variant="ghost"
          size="icon"
          className="my-1"
          aria-label={t("schedule.title")}
          title={t("schedule.title")}
        >
          <CalendarClock />
        </Button>
      }
    >
      <ScheduleForm
        timeZone={timeZone}
        windowEnd={windowEnd}
        onPick={(at) => {
          onPick(at);
          setOpen(false);
        }}
      />
    </Popover>
  );
}

function ScheduleForm({ timeZone, windowEnd, onPick }: ScheduleProps) {
  const { t } = useTranslation();
  const [now] = useState(() => Date.now());
  const [value, setValue] = useState(() => toLocalInput(now + 60 * MINUTE, timeZone));
  const at = fromLocalInput(value, timeZone);
  const isValid = at !== null && at > now && at <= now + FARTHEST;
  const isLate = at !== null && (windowEnd === null || at > Date.parse(windowEnd));
  return (
    <form
      className="grid gap-3 p-2"
      onSubmit={(event) => {
        event.preventDefault();
        // In React's tree this form is inside of the one that sends.
        event.stopPropagation();
        if (isValid && at > Date.now()) onPick(new Date(at).toISOString());
      }}
    >
      <Field
        label={t("schedule.when")}
        hint={t("schedule.zone", { zone: timeZone.replaceAll("_", " ") })}
        error={isValid ? undefined : t("schedule.invalid")}
      >
        {(field) => (
          <Input
            {...field}
            type="datetime-local"
            value={value}
            min={toLocalInput(now + MINUTE, timeZone)}
            max={toLocalInput(now + FARTHEST, timeZone)}
            onChange={(event) => setValue(event.target.value)}
          />
        )}
      </Field>
      {isValid && isLate && <p className="text-list text-warn">{t("schedule.late")}</p>}
      <Button type="submit" variant="primary" disabled={!isValid}>
        <CalendarClock aria-hidden />
        {t("schedule.pick")}
      </Button>
    </form>
  );
}

export function ScheduleChip({
  at,
  timeZone,
  onRemove,
}: {
  at: string;
  timeZone: string;
  onRemove: () => void;
}) {
  const { t, i18n } = useTranslation();
  return (
    <Chip label={t("schedule.remove")} onRemove={onRemove}>
      <CalendarClock aria-hidden className="size-4 shrink-0 text-accent" />
      <span title={formatFull(at, i18n.language, timeZone)}>
        {t("schedule.chip", { when: formatMoment(at, i18n.language, timeZone) })}
      </span>
    </Chip>
  );
}
