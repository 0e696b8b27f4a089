/** The login page. */
import { getRouteApi, useNavigate, useRouter } from "@tanstack/react-router";
import { Languages } from "lucide-react";
import { useTranslation } from "react-i18next";
import { homeOf } from "@/api/home";
import { sessionState } from "@/api/session";
import { Button } from "@/ui/button";
import { Logo } from "@/ui/logo";
import { Menu } from "@/ui/menu";
import { PreferenceItems } from "@/ui/preferences";
import { LoginForm } from "./login-form";

const route = getRouteApi("/login");

/** Only paths of this application: an address from outside must not lead anybody away. */
function safePath(path: string | undefined): string | null {
  return path && /^\/(?![/\\])/.test(path) && !path.startsWith("/login") ? path : null;
}

export function LoginPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const router = useRouter();
  const target = safePath(route.useSearch().redirect);
  function done(): void {
    const home = homeOf(sessionState());
    // Somebody of the platform has no business on a tenant's page, nor the other way round.
    const theirs = target?.startsWith("/superadmin") === (home === "/superadmin");
    const fits = target && (theirs || target.startsWith("/profile"));
    if (fits) router.history.replace(target);
    else void navigate({ to: home, replace: true });
  }
  return (
    <div className="flex h-full flex-col overflow-y-auto">
      <header className="flex justify-end p-3">
        <Menu
          trigger={
            <Button variant="ghost">
              <Languages aria-hidden />
              {t("preferences.title")}
            </Button>
          }
        >
          <PreferenceItems />
        </Menu>
      </header>
      <main className="mx-auto flex w-full max-w-sm flex-1 flex-col justify-center px-4 pb-24">
        <div className="mb-6 flex items-center gap-3">
          <Logo size={40} />
          <div>
            <h1 className="text-xl leading-6 font-semibold">Centralita</h1>
            <p className="text-muted">{t("login.tagline")}</p>
          </div>
        </div>
        <div className="rounded-md border border-line bg-surface p-5">
          <LoginForm onDone={done} />
        </div>
        <p className="mt-4 text-center text-list text-muted">{t("login.help")}</p>
      </main>
    </div>
  );
}
