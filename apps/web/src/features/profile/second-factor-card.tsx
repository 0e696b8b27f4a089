/** How one's second factor stands, and setting it up, renewing its recovery codes, turning it off. */
import { useQuery } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatMoment, localZone } from "@/lib/time";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Card } from "@/ui/page";
import { ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { EnrolDialog } from "./enrol-dialog";
import { ProofForm } from "./proof-form";
import { secondFactorQuery, useReplaceCodes, useTurnOffTotp } from "./queries";
import { RecoveryCodes } from "./recovery-codes";

/** So few are left that one lost phone is soon one too many. */
const FEW = 3;
type Doing = "enrol" | "replace" | "turn-off";

export function SecondFactorCard({ onEnrolled }: { onEnrolled: () => void }) {
  const { t } = useTranslation();
  const standing = useQuery(secondFactorQuery);
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = () => setDoing(null);
  return (
    <Card title={t("totp.title")}>
      {standing.isPending ? (
        <SkeletonRows rows={2} />
      ) : standing.isError ? (
        <ErrorState error={standing.error} onRetry={() => void standing.refetch()} />
      ) : (
        <div className="grid gap-4 p-4">
          {standing.data.is_on ? (
            <IsOn since={standing.data.since ?? null} left={standing.data.recovery_codes_left} />
          ) : (
            <p className="flex max-w-[68ch] gap-2">
              <ShieldAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
              {t("totp.off")}
            </p>
          )}
          <div className="flex flex-wrap gap-2">
            {standing.data.is_on ? (
              <>
                <Button onClick={() => setDoing("replace")}>{t("totp.replace")}</Button>
                <Button variant="danger" onClick={() => setDoing("turn-off")}>
                  {t("totp.turnOff")}
                </Button>
              </>
            ) : (
              <Button variant="primary" onClick={() => setDoing("enrol")}>
                {t("totp.setUp")}
              </Button>
            )}
          </div>
        </div>
      )}
      {doing === "enrol" && (
        <EnrolDialog
          onClose={close}
          onDone={() => {
            close();
            toast.success(t("totp.isOnNow"));
            onEnrolled();
          }}
        />
      )}
      {doing === "replace" && <ReplaceDialog onClose={close} />}
      {doing === "turn-off" && <TurnOffDialog onClose={close} />}
    </Card>
  );
}

function IsOn({ since, left }: { since: string | null; left: number }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="grid gap-1">
      <p className="flex gap-2">
        <ShieldCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
        {t("totp.on", { when: since ? formatMoment(since, i18n.language, localZone()) : "—" })}
      </p>
      <p className={left < FEW ? "pl-6 text-warn" : "pl-6 text-muted"}>
        {t("totp.left", { count: left })} {left < FEW && t("totp.few")}
      </p>
    </div>
  );
}

function ReplaceDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const replace = useReplaceCodes();
  if (replace.data) return <RecoveryCodes codes={replace.data.recovery_codes} onKept={onClose} />;
  return (
    <Dialog open onOpenChange={onClose} title={t("totp.replace")} description={t("totp.replaceText")}>
      <ProofForm
        error={replace.error}
        busy={replace.isPending}
        verb={t("totp.replaceVerb")}
        onCancel={onClose}
        onProof={(proof) => replace.mutate(proof)}
      />
    </Dialog>
  );
}

function TurnOffDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const turnOff = useTurnOffTotp();
  return (
    <Dialog open onOpenChange={onClose} title={t("totp.turnOff")} description={t("totp.turnOffText")}>
      <ProofForm
        error={turnOff.error}
        busy={turnOff.isPending}
        verb={t("totp.turnOffVerb")}
        danger
        onCancel={onClose}
        onProof={(proof) =>
          turnOff.mutate(proof, {
            onSuccess: () => {
              toast.success(t("totp.isOffNow"));
              onClose();
            },
          })
        }
      />
    </Dialog>
  );
}
