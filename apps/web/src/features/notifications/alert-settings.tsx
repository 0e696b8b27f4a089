/** How one hears of things on this device. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Check, Field, Select } from "@/ui/field";
import { toast } from "@/ui/toast";
import { type Alerts, setAlerts, useAlerts, WHOSE } from "./alerts";
import { canPush, fallSilent, listen } from "./push";
import { sound } from "./ring";

type Permission = NotificationPermission | "unsupported";

function permission(): Permission {
  return typeof Notification === "undefined" ? "unsupported" : Notification.permission;
}

export function AlertSettings() {
  const { t } = useTranslation();
  const { sound: isLoud, system, whose } = useAlerts();
  const [allowed, setAllowed] = useState(permission);
  const isRefused = allowed === "denied" || allowed === "unsupported";

  async function setSystem(on: boolean): Promise<void> {
    const answer = on && allowed === "default" ? await Notification.requestPermission() : allowed;
    setAllowed(answer);
    await change({ system: on && answer === "granted" });
  }

  /** Kept here, and told to the server, which speaks to this browser while the desk is closed. */
  async function change(wish: Partial<Alerts>): Promise<void> {
    setAlerts(wish);
    const isWanted = wish.system ?? (system && allowed === "granted");
    try {
      await (isWanted ? listen() : fallSilent());
    } catch (error) {
      toast.error(t("notify.pushFailed", { reason: problemWords(error, t) }));
    }
  }

  return (
    <fieldset className="grid gap-3 border-b border-line bg-bg px-3 py-3">
      <legend className="sr-only">{t("notify.settings")}</legend>
      <div className="flex items-start justify-between gap-2">
        <Check
          label={t("notify.sound")}
          checked={isLoud}
          onChange={(event) => setAlerts({ sound: event.target.checked })}
        />
        <Button size="sm" variant="ghost" onClick={sound}>
          {t("notify.try")}
        </Button>
      </div>
      <Check
        label={t("notify.ofSystem")}
        hint={t(
          isRefused ? `notify.permission.${allowed}` : canPush() ? "notify.ofSystemHint" : "notify.onlyOpen",
        )}
        checked={system && allowed === "granted"}
        disabled={isRefused}
        onChange={(event) => void setSystem(event.target.checked)}
      />
      <Field label={t("notify.whose")} hint={t("notify.device")}>
        {(field) => (
          <Select
            {...field}
            value={whose}
            onChange={({ target }) =>
              void change({ whose: WHOSE.find((kind) => kind === target.value) ?? "mine" })
            }
          >
            {WHOSE.map((kind) => (
              <option key={kind} value={kind}>
                {t(`notify.of.${kind}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </fieldset>
  );
}
