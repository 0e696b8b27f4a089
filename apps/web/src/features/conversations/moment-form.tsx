/** A moment to come, chosen in the tenant's time. */
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { fromLocalInput, toLocalInput } from "@/lib/time";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** As far ahead as the API takes it. */
const FARTHEST = 365 * DAY;

interface MomentFormProps {
  timeZone: string;
  label: string;
  verb: string;
  icon: ReactNode;
  /** What is to be said of a moment that may be chosen all the same. */
  warn?: (at: number) => string | null;
  onPick: (at: string) => void;
}

export function MomentForm({ timeZone, label, verb, icon, warn, onPick }: MomentFormProps) {
  const { t } = useTranslation();
  const [now] = useState(() => Date.now());
  const [value, setValue] = useState(() => toLocalInput(now + 60 * MINUTE, timeZone));
  const at = fromLocalInput(value, timeZone);
  const isValid = at !== null && at > now && at <= now + FARTHEST;
  const warning = isValid ? warn?.(at) : null;
  return (
    <form
      className="grid gap-3 p-2"
      onSubmit={(event) => {
        event.preventDefault();
        // In React's tree this form may be inside of the one that sends.
        event.stopPropagation();
        if (isValid && at > Date.now()) onPick(new Date(at).toISOString());
      }}
    >
      <Field
        label={label}
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
      {warning && <p className="text-list text-warn">{warning}</p>}
      <Button type="submit" variant="primary" disabled={!isValid}>
        {icon}
        {verb}
      </Button>
    </form>
  );
}
