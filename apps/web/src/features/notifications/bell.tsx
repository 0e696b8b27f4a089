/** The bell in the frame: how much one has not seen, and behind it what. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/use-session";
import { withTexts } from "@/lib/i18n";
import { Popover } from "@/ui/menu";
import { part } from "@/ui/part";
import { SkeletonRows } from "@/ui/states";
import { alerts } from "./alerts";
import { notificationsQuery } from "./queries";

const Notifications = part(
  "notifications",
  async () => (await withTexts(import("./list"))).Notifications,
  <SkeletonRows rows={3} />,
);

/** With the window open he is told all the same. */
function noMatter(): void {}

/** Where the bell stands in the rail and not in the bar below. */
const desktop = window.matchMedia("(min-width: 640px)");

export function NotificationBell() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const impersonating = useSession()?.impersonating ?? true;
  useEffect(() => {
    // What a browser was told by the one who sat here before, or under a key of old, ends with the session.
    if (!impersonating && alerts().system)
      void import("./push").then(({ listen }) => listen()).catch(noMatter);
  }, [impersonating]);
  const first = useInfiniteQuery(notificationsQuery).data?.pages[0];
  const unread = first?.unread ?? 0;
  const shown = first && unread > first.cap ? `${first.cap}+` : `${unread}`;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t("nav.notifications")}
      align="start"
      side={desktop.matches ? "right" : "top"}
      className="w-96 p-0"
      trigger={
        <button
          type="button"
          aria-label={unread > 0 ? t("nav.unseen", { count: unread }) : t("nav.notifications")}
          title={t("nav.notifications")}
          className="relative flex size-10 items-center justify-center rounded-md text-muted hover:bg-raised hover:text-ink data-[state=open]:bg-raised max-sm:w-16"
        >
          <Bell aria-hidden className="size-5" />
          {unread > 0 && (
            <span
              aria-hidden
              className="tabular absolute top-0.5 left-1/2 min-w-4 rounded-full bg-accent px-1 text-center text-[10px] leading-4 font-semibold text-accent-ink"
            >
              {shown}
            </span>
          )}
        </button>
      }
    >
      <Notifications onOpened={() => setOpen(false)} />
    </Popover>
  );
}
