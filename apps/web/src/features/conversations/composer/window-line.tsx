/** What is to be known before writing: that the window closes soon, that there is no network. */
import { Hourglass, WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatDuration, serviceWindow } from "@/lib/time";
import { useNow } from "@/lib/use-now";

function useNetwork(): boolean {
  return useSyncExternalStore(
    (notify) => {
      window.addEventListener("online", notify);
      window.addEventListener("offline", notify);
      return () => {
        window.removeEventListener("online", notify);
        window.removeEventListener("offline", notify);
      };
    },
    () => navigator.onLine,
  );
}

export function WindowLine({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const hasNetwork = useNetwork();
  const { state, left } = serviceWindow(conversation.window_expires_at, useNow());
  const isSoon = state === "short" || state === "closing";
  return (
    <>
      {!hasNetwork && (
        <p role="status" className="flex items-start gap-2 text-list text-warn">
          <WifiOff aria-hidden className="mt-0.5 size-4 shrink-0" />
          {t("composer.offline")}
        </p>
      )}
      {isSoon && left !== null && (
        <p className={cn("flex items-start gap-2 text-list", state === "closing" ? "text-bad" : "text-warn")}>
          <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0" />
          {t("composer.closing", { time: formatDuration(left) })}
        </p>
      )}
    </>
  );
}
