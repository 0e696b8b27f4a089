/** When a message goes out, chosen in the tenant's time. */
import { CalendarClock } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatFull, formatMoment } from "@/lib/time";
import { MomentForm } from "../moment-form";
import { Chip } from "./attachment";
import { ToolPopover } from "./tool-popover";

interface ScheduleProps {
  timeZone: string;
  /** When the customer's window closes; what is for later is judged then. */
  windowEnd: string | null;
  onPick: (at: string) => void;
  /** Called when it has been put away. */
  onClosed: () => void;
}

export function ScheduleButton({ timeZone, windowEnd, onPick, onClosed }: ScheduleProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <ToolPopover
      open={open}
      onOpenChange={setOpen}
      label={t("schedule.title")}
      icon={<CalendarClock />}
      onClosed={onClosed}
    >
      <MomentForm
        timeZone={timeZone}
        label={t("schedule.when")}
        verb={t("schedule.pick")}
        icon={<CalendarClock aria-hidden />}
        warn={(at) => (windowEnd === null || at > Date.parse(windowEnd) ? t("schedule.late") : null)}
        onPick={(at) => {
          onPick(at);
          setOpen(false);
        }}
      />
    </ToolPopover>
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
