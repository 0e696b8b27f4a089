/** Whether SuperAdmins need a second factor, and whom that would keep out until they have one. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Superadmin } from "@/api/types";
import { useSession } from "@/api/use-session";
import { Confirm } from "@/ui/confirm";
import { Check } from "@/ui/field";
import { Card } from "@/ui/page";
import { ErrorState, Notice, SkeletonRows } from "@/ui/states";
import { toast } from "@/ui/toast";
import { platformSettingsQuery, useRequireTotp } from "./people";

export function TotpRequired({ people }: { people: Superadmin[] }) {
  const { t } = useTranslation();
  const me = useSession()?.user.id;
  const settings = useQuery(platformSettingsQuery);
  const require = useRequireTotp();
  const [asking, setAsking] = useState(false);
  const without = people.filter((person) => person.status !== "inactive" && !person.second_factor);
  const mine = without.some((person) => person.id === me);
  const names = without.map((person) => person.name).join(", ");
  const change = (required: boolean) =>
    require.mutate(required, {
      onSuccess: () => {
        toast.success(t("toast.saved"));
        setAsking(false);
      },
    });
  if (settings.isPending || settings.isError) {
    return (
      <Card title={t("people.required.title")}>
        {settings.isPending ? (
          <SkeletonRows rows={1} />
        ) : (
          <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
        )}
      </Card>
    );
  }
  const required = settings.data.superadmin_totp_required;
  return (
    <Card title={t("people.required.title")}>
      <div className="grid gap-3 p-4">
        <Check
          label={t("people.required.label")}
          hint={t("people.required.hint")}
          checked={required}
          disabled={require.isPending || (!required && mine)}
          onChange={() => (required || without.length === 0 ? change(!required) : setAsking(true))}
        />
        {without.length > 0 && (
          <Notice tone="warn" icon={TriangleAlert}>
            <p>
              {t(required ? "people.required.lockedOut" : "people.required.without", {
                count: without.length,
                names,
              })}
            </p>
            {mine && (
              <p>
                {t("people.required.ownFirst")}{" "}
                <Link to="/profile" className="font-medium text-accent underline">
                  {t("totp.setUp")}
                </Link>
              </p>
            )}
          </Notice>
        )}
      </div>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        tone="primary"
        title={t("people.required.title")}
        text={t("people.required.confirm", { count: without.length, names })}
        verb={t("people.required.verb")}
        busy={require.isPending}
        onConfirm={() => change(true)}
      />
    </Card>
  );
}
