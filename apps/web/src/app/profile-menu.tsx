/** Who is signed in, his language and theme, and the way out. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LogOut, MonitorDown, UserRoundCog } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { endSession } from "@/api/session";
import { useSession } from "@/api/use-session";
import { CompanyItems } from "@/features/auth/company-items";
import { useCompanySwitch } from "@/features/auth/use-company-switch";
import { withTexts } from "@/lib/i18n";
import { useInstall } from "@/lib/install";
import { roleWords } from "@/lib/roles";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { PreferenceItems } from "@/ui/preferences";

const CompanyDialog = lazy(async () => ({
  default: (await withTexts(import("@/features/auth/company-dialog"))).CompanyDialog,
}));

/** How long the server may take to forget this browser, in milliseconds. */
const PATIENCE = 2_000;

export function ProfileMenu({ trigger, side }: { trigger: ReactNode; side?: "top" | "right" | "bottom" }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const session = useSession();
  const company = useCompanySwitch();
  const install = useInstall();
  async function leave(): Promise<void> {
    // Whoever sits here next is not told what concerns somebody else. It must not keep anybody from leaving.
    const silent = import("@/features/notifications/push").then(({ fallSilent }) => fallSilent());
    await Promise.race([silent.catch(() => undefined), new Promise((go) => setTimeout(go, PATIENCE))]);
    await endSession();
    await navigate({ to: "/login" });
    queryClient.clear();
  }
  return (
    <>
      <Menu trigger={trigger} side={side ?? "bottom"}>
        {session && (
          <div className="px-2 py-1.5">
            <p className="truncate font-medium">{session.user.name}</p>
            <p className="truncate text-list text-muted">{session.user.email}</p>
            <p className="truncate text-list text-muted">
              {roleWords(t, session.user.role, session.user.role_name)}
              {session.tenant && ` · ${session.tenant.name}`}
            </p>
          </div>
        )}
        {session?.tenant && !session.impersonating && (
          <CompanyItems onChoose={company.choose} onOther={company.other} />
        )}
        {session && !session.impersonating && (
          <>
            <MenuSeparator />
            <MenuItem onSelect={() => void navigate({ to: "/profile" })}>
              <UserRoundCog />
              {t("profile.open")}
            </MenuItem>
          </>
        )}
        <MenuSeparator />
        <PreferenceItems />
        {install && (
          <>
            <MenuSeparator />
            <MenuItem onSelect={install}>
              <MonitorDown />
              {t("preferences.install")}
            </MenuItem>
          </>
        )}
        <MenuSeparator />
        <MenuItem onSelect={() => void leave()}>
          <LogOut />
          {t("action.logout")}
        </MenuItem>
      </Menu>
      {company.question && (
        <Suspense>
          <CompanyDialog
            key={`${company.question.tenant} ${company.question.wants}`}
            question={company.question}
            problem={company.problem}
            busy={company.busy}
            onSubmit={company.submit}
            onClose={company.close}
          />
        </Suspense>
      )}
    </>
  );
}
