/** The way into a company's panel, and who of the platform is in there now. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Eye } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatClock, localZone } from "@/lib/time";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/states";
import { ImpersonateDialog } from "./impersonate-dialog";
import { liveImpersonationsQuery, useEndImpersonation } from "./impersonation";

export function ImpersonateButton({ tenantId, disabled }: { tenantId: string; disabled: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button className="ml-auto" disabled={disabled} onClick={() => setAsking(true)}>
        <Eye aria-hidden />
        {t("impersonation.open")}
      </Button>
      {asking && (
        <ImpersonateDialog
          tenantId={tenantId}
          onClose={() => setAsking(false)}
          onDone={() => void navigate({ to: "/" })}
        />
      )}
    </>
  );
}

export function LiveImpersonations({ tenantId }: { tenantId: string }) {
  const { t, i18n } = useTranslation();
  const live = useQuery(liveImpersonationsQuery(tenantId)).data?.items ?? [];
  const end = useEndImpersonation();
  return live.map((one) => (
    <div key={one.id} className="mb-2">
      <Notice tone="warn" icon={Eye}>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="min-w-0 flex-1">
            {t("impersonation.now", {
              email: one.superadmin.email,
              until: formatClock(one.expires_at, i18n.language, localZone()),
              reason: one.reason,
            })}
          </span>
          <Button
            size="sm"
            busy={end.isPending && end.variables === one.id}
            onClick={() => end.mutate(one.id)}
          >
            {t("impersonation.end")}
          </Button>
        </span>
      </Notice>
    </div>
  ));
}
