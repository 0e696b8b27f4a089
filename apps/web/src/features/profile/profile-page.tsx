/** Who one is here, and one's own access: password, second factor, sessions. */
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/use-session";
import { roleWords } from "@/lib/roles";
import { Avatar } from "@/ui/badge";
import { Card, Page } from "@/ui/page";
import { Notice } from "@/ui/states";
import { PasswordCard } from "./password-card";
import { SecondFactorCard } from "./second-factor-card";
import { SessionsCard } from "./sessions-card";

interface ProfilePageProps {
  /** The platform let nobody in without a second factor, and led here. */
  mustEnrol: boolean;
  onEnrolled: () => void;
}

export function ProfilePage({ mustEnrol, onEnrolled }: ProfilePageProps) {
  const { t } = useTranslation();
  const session = useSession();
  if (!session) return null;
  const { user, tenant } = session;
  return (
    <Page title={t("profile.title")} text={t("profile.text")}>
      <div className="grid grid-cols-1 gap-4">
        {mustEnrol && (
          <Notice tone="warn" icon={TriangleAlert}>
            {t("profile.mustEnrol")}
          </Notice>
        )}
        <Card>
          <div className="flex items-center gap-4 p-4">
            <Avatar name={user.name} seed={user.id} size="lg" />
            <div className="min-w-0">
              <p className="truncate text-base font-semibold">{user.name}</p>
              <p className="truncate text-muted">{user.email}</p>
              <p className="truncate text-muted">
                {roleWords(t, user.role, user.role_name)}
                {tenant && ` · ${tenant.name}`}
              </p>
            </div>
          </div>
        </Card>
        {mustEnrol && <SecondFactorCard onEnrolled={onEnrolled} />}
        <PasswordCard />
        {!mustEnrol && <SecondFactorCard onEnrolled={onEnrolled} />}
        <SessionsCard />
      </div>
    </Page>
  );
}
