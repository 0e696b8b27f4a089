/** The companies in the profile menu: those one may change to, and the way to another one. */
import { useQuery } from "@tanstack/react-query";
import { Building2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { MenuChoice, MenuChoices, MenuItem, MenuLabel, MenuSeparator } from "@/ui/menu";
import { ownTenantsQuery } from "./queries";

interface CompanyItemsProps {
  onChoose: (slug: string) => void;
  onOther: () => void;
}

export function CompanyItems({ onChoose, onOther }: CompanyItemsProps) {
  const { t } = useTranslation();
  const companies = useQuery(ownTenantsQuery).data?.items ?? [];
  const current = companies.find((company) => company.is_current)?.slug ?? "";
  return (
    <>
      <MenuSeparator />
      {companies.length > 1 && (
        <>
          <MenuLabel>{t("company.title")}</MenuLabel>
          <MenuChoices
            aria-label={t("company.title")}
            value={current}
            onValueChange={(slug) => {
              if (slug !== current) onChoose(slug);
            }}
          >
            {companies.map((company) => (
              <MenuChoice key={company.slug} value={company.slug}>
                <span className="truncate">{company.name}</span>
              </MenuChoice>
            ))}
          </MenuChoices>
        </>
      )}
      <MenuItem onSelect={onOther}>
        <Building2 />
        {t("company.other")}
      </MenuItem>
    </>
  );
}
