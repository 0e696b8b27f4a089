/** The state of a message as WhatsApp draws it, named for those who do not see it. */
import { Ban, CalendarClock, Check, CheckCheck, CircleAlert, CircleHelp, Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import type { SendState } from "./send-state";

const LOOK = {
  scheduled: { icon: CalendarClock, colour: "" },
  queued: { icon: Clock, colour: "" },
  sending: { icon: Clock, colour: "" },
  accepted: { icon: Check, colour: "" },
  sent: { icon: Check, colour: "" },
  delivered: { icon: CheckCheck, colour: "" },
  read: { icon: CheckCheck, colour: "text-tick" },
  failed: { icon: CircleAlert, colour: "text-bad" },
  cancelled: { icon: Ban, colour: "" },
  unknown: { icon: CircleHelp, colour: "text-warn" },
} as const;

export function Tick({ status, className }: { status: SendState; className?: string }) {
  const { t } = useTranslation();
  if (status === "received") return null;
  const { icon: Icon, colour } = LOOK[status];
  const words = t(`status.${status}`);
  return (
    <span
      role="img"
      aria-label={words}
      title={words}
      className={cn("inline-flex shrink-0 text-muted", colour, className)}
    >
      <Icon aria-hidden className="size-4" />
    </span>
  );
}
