/** One line of what was done: by whom, what, when. */
import type { TFunction } from "i18next";
import { AlarmClock, CheckCheck, type LucideIcon, RotateCcw, Tags, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Activity } from "@/api/types";
import { formatClock, formatFull, formatMoment } from "@/lib/time";

const ICONS: Record<string, LucideIcon> = {
  closed: CheckCheck,
  snoozed: AlarmClock,
  assigned: UserRound,
  tagged: Tags,
};

function words({ actor, change }: Activity, t: TFunction, moment: (at: string) => string): string {
  const who = actor ? (actor.name ?? t("done.unknown")) : t("done.system");
  if (change.kind === "status") {
    if (!actor && change.from === "snoozed") return t("done.status.woken");
    return t(`done.status.${change.to}`, { who, until: change.until ? moment(change.until) : "" });
  }
  if (change.kind === "assigned") {
    if (!change.to) return t("done.released", { who });
    if (change.to.id === actor?.id) return t("done.taken", { who });
    return t("done.assigned", { who, to: change.to.name ?? t("done.unknown") });
  }
  const { tags, added, removed } = change;
  if (tags) return t(tags.length > 0 ? "done.tags" : "done.noTags", { who, tags: tags.join(", ") });
  return added.length > 0
    ? t("done.added", { who, tags: added.join(", ") })
    : t("done.removed", { who, tags: removed.join(", ") });
}

export function ActivityLine({ activity, timeZone }: { activity: Activity; timeZone: string }) {
  const { t, i18n } = useTranslation();
  const { change, at } = activity;
  const Icon = ICONS[change.kind === "status" ? change.to : change.kind] ?? RotateCcw;
  const moment = (when: string) => formatMoment(when, i18n.language, timeZone);
  return (
    <p
      data-activity={change.kind}
      className="mx-auto flex max-w-[min(68ch,100%)] items-start justify-center gap-1.5 px-4 py-1 text-xs leading-5 text-muted wrap-anywhere"
    >
      <Icon aria-hidden className="mt-1 size-3 shrink-0" />
      <span>{words(activity, t, moment)}</span>
      <time dateTime={at} title={formatFull(at, i18n.language, timeZone)} className="tabular shrink-0">
        {formatClock(at, i18n.language, timeZone)}
      </time>
    </p>
  );
}
