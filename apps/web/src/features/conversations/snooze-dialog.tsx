/** Any moment until which a conversation sleeps. */
import { AlarmClock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import { Dialog } from "@/ui/dialog";
import { MomentForm } from "./moment-form";

interface SnoozeDialogProps {
  open: boolean;
  onClose: () => void;
  onPick: (until: string) => void;
}

export function SnoozeDialog({ open, onClose, onPick }: SnoozeDialogProps) {
  const { t } = useTranslation();
  const timeZone = useTimeZone();
  return (
    <Dialog open={open} onOpenChange={onClose} title={t("snooze.title")}>
      <MomentForm
        timeZone={timeZone}
        label={t("schedule.when")}
        verb={t("snooze.verb")}
        icon={<AlarmClock aria-hidden />}
        onPick={onPick}
      />
    </Dialog>
  );
}
