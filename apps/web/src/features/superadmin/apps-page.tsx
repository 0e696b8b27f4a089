/** Every app at Meta that has a callback URL of its own. */
import { useTranslation } from "react-i18next";
import { Page } from "@/ui/page";
import { AppsList } from "./apps-list";

export function AppsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("apps.title")} text={t("apps.text")}>
      <AppsList />
    </Page>
  );
}
