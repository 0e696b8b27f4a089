/** For roles without conversations: what they can use. */
import { Check, Clock3 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/use-session";
import { roleWords } from "@/lib/roles";
import { Card, Page } from "@/ui/page";

const AREAS = [
  { permission: "settings.read", key: "settings", ready: true },
  { permission: "campaigns.read", key: "campaigns", ready: false },
  { permission: "templates.read", key: "templates", ready: false },
  { permission: "dashboard.read", key: "dashboard", ready: false },
];

export function StartPage() {
  const { t } = useTranslation();
  const session = useSession();
  const mine = AREAS.filter((area) => session?.user.permissions.includes(area.permission));
  return (
    <main className="h-full overflow-y-auto">
      <Page
        title={t("welcome.title", { name: session?.user.name ?? "" })}
        text={t("welcome.text", {
          role: roleWords(t, session?.user.role ?? "doctor", session?.user.role_name),
        })}
      >
        <Card title={t("welcome.areas")}>
          <ul className="divide-y divide-line">
            {mine.map((area) => (
              <li key={area.key} className="flex items-start gap-3 px-4 py-3">
                {area.ready ? (
                  <Check aria-hidden className="mt-0.5 size-4 text-ok" />
                ) : (
                  <Clock3 aria-hidden className="mt-0.5 size-4 text-muted" />
                )}
                <div>
                  <p className="font-medium">{t(`welcome.area.${area.key}`)}</p>
                  <p className="text-muted">{t(area.ready ? "welcome.ready" : "welcome.soon")}</p>
                </div>
              </li>
            ))}
          </ul>
        </Card>
      </Page>
    </main>
  );
}
