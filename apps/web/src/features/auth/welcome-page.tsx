/** Where links of invitations and of forgotten passwords lead: choose a password, and enter. */
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { homeOf } from "@/api/home";
import { sessionState } from "@/api/session";
import { Logo } from "@/ui/logo";
import { AcceptLink } from "./accept-link";

/** Takes the token out of the address, so that it stays in no history. */
function takeToken(): string {
  const token = window.location.hash.slice(1);
  if (token) window.history.replaceState(window.history.state, "", window.location.pathname);
  return token;
}

export function WelcomePage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [token, setToken] = useState(takeToken);
  // Another link in the same tab changes nothing of the address but its end: no page is loaded.
  const end = useLocation({ select: (location) => location.hash });
  useEffect(() => {
    if (end) setToken((before) => takeToken() || before);
  }, [end]);
  return (
    <main className="mx-auto flex h-full w-full max-w-sm flex-col justify-center overflow-y-auto px-4 py-10">
      <div className="mb-6 flex items-center gap-3">
        <Logo size={40} />
        <div>
          <h1 className="text-xl leading-6 font-semibold">Centralita</h1>
          <p className="text-muted">{t("login.tagline")}</p>
        </div>
      </div>
      <div className="rounded-md border border-line bg-surface p-5">
        <AcceptLink
          key={token}
          token={token}
          onDone={() => void navigate({ to: homeOf(sessionState()), replace: true })}
          onLogin={() => void navigate({ to: "/login", replace: true })}
        />
      </div>
    </main>
  );
}
