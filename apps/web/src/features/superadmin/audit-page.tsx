/** Who did what on the platform. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Select } from "@/ui/field";
import { Page } from "@/ui/page";
import { AuditList } from "./audit-list";
import { tenantsQuery } from "./queries";

interface AuditPageProps {
  tenantId: string | undefined;
  onTenant: (id: string | undefined) => void;
}

export function AuditPage({ tenantId, onTenant }: AuditPageProps) {
  const { t } = useTranslation();
  const tenants = useQuery(tenantsQuery(""));
  return (
    <Page
      title={t("audit.title")}
      text={t("audit.text")}
      actions={
        <Select
          aria-label={t("audit.filter")}
          value={tenantId ?? ""}
          onChange={(event) => onTenant(event.target.value || undefined)}
          className="w-56"
        >
          <option value="">{t("audit.all")}</option>
          {tenants.data?.items.map((tenant) => (
            <option key={tenant.id} value={tenant.id}>
              {tenant.name}
            </option>
          ))}
        </Select>
      }
    >
      <AuditList tenantId={tenantId} />
    </Page>
  );
}
