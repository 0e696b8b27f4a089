/** Numbers that Meta calls us about and nobody has registered. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { PhoneMissed } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { UnroutedLine } from "@/api/types";
import { formatFull, localZone } from "@/lib/time";
import { Button } from "@/ui/button";
import { Copy } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { Field, Select } from "@/ui/field";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { LineForm } from "./line-form";
import { tenantsQuery, unroutedQuery, useAddLine, useForgetUnrouted } from "./queries";

export function UnroutedPage() {
  const { t, i18n } = useTranslation();
  const lines = useQuery(unroutedQuery);
  const forget = useForgetUnrouted();
  const [registering, setRegistering] = useState<UnroutedLine | null>(null);
  const when = (at: string) => formatFull(at, i18n.language, localZone());
  return (
    <Page title={t("unrouted.title")} text={t("unrouted.text")}>
      <Card>
        {lines.isPending ? (
          <SkeletonRows height="h-16" />
        ) : lines.isError ? (
          <ErrorState error={lines.error} onRetry={() => void lines.refetch()} />
        ) : lines.data.items.length === 0 ? (
          <EmptyState icon={PhoneMissed} text={t("unrouted.empty")} />
        ) : (
          <ul className="divide-y divide-line">
            {lines.data.items.map((line) => (
              <li
                key={line.phone_number_id}
                className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3"
              >
                <div className="min-w-48 flex-1">
                  <p className="tabular font-medium">{line.display_phone_number ?? t("unrouted.noNumber")}</p>
                  <Copy value={line.phone_number_id} className="text-xs" />
                </div>
                <div className="text-list text-muted">
                  <p className="tabular">{t("unrouted.hits", { count: line.hits })}</p>
                  <p>{t("unrouted.last", { when: when(line.last_seen_at) })}</p>
                </div>
                <div className="flex gap-2">
                  <Button size="sm" variant="ghost" onClick={() => forget.mutate(line.phone_number_id)}>
                    {t("unrouted.forget")}
                  </Button>
                  <Button size="sm" variant="primary" onClick={() => setRegistering(line)}>
                    {t("unrouted.register")}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {registering && <RegisterDialog line={registering} onClose={() => setRegistering(null)} />}
    </Page>
  );
}

function RegisterDialog({ line, onClose }: { line: UnroutedLine; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const tenants = useQuery(tenantsQuery(""));
  const add = useAddLine();
  const [tenantId, setTenantId] = useState("");
  return (
    <Dialog wide open onOpenChange={(open) => !open && onClose()} title={t("unrouted.registerTitle")}>
      <div className="grid gap-4">
        <Field label={t("unrouted.tenant")}>
          {(field) => (
            <Select {...field} value={tenantId} onChange={(event) => setTenantId(event.target.value)}>
              <option value="">{t("unrouted.chooseTenant")}</option>
              {tenants.data?.items.map((tenant) => (
                <option key={tenant.id} value={tenant.id}>
                  {tenant.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {tenantId && (
          <LineForm
            key={tenantId}
            tenantId={tenantId}
            line={null}
            prefill={{
              phone_number_id: line.phone_number_id,
              waba_id: line.waba_id ?? "",
              display_phone_number: line.display_phone_number ?? "",
            }}
            error={add.error}
            busy={add.isPending}
            onCancel={onClose}
            onSubmit={(body) =>
              add.mutate(
                { tenantId, body },
                {
                  onSuccess: () => {
                    toast.success(t("toast.lineRegistered"));
                    void navigate({
                      to: "/superadmin/tenants/$tenantId",
                      params: { tenantId },
                      search: { tab: "lines" },
                    });
                  },
                },
              )
            }
          />
        )}
      </div>
    </Dialog>
  );
}
