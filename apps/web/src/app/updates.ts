/** Registers the service worker, and offers a new release when there is one: nobody is taken off a sentence. */

import { registerSW } from "virtual:pwa-register";
import { t } from "i18next";
import { toast } from "@/ui/toast";

/** A desk that stays open all day hears of a release within this time. */
const LOOK_EVERY = 30 * 60_000;

export function keepUpToDate(): void {
  const renew = registerSW({
    onNeedRefresh: () =>
      toast.info(t("app.newRelease"), {
        duration: Number.POSITIVE_INFINITY,
        action: { label: t("app.reload"), onClick: () => void renew(true) },
      }),
    onRegisteredSW: (_url, registration) => {
      if (registration)
        window.setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY);
    },
  });
}
