/** Pages for when there is nothing to show: broken, missing, not allowed. */
import { Link, useRouter } from "@tanstack/react-router";
import { Compass, Lock, TriangleAlert } from "lucide-react";
import { useCallback, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { API_BASE } from "@/api/base";
import { asProblem, problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/states";

const LINK =
  "inline-flex h-9 items-center rounded-md bg-accent px-3 font-medium text-accent-ink hover:opacity-90";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <main className="h-full">
      <h1 className="sr-only">Centralita</h1>
      <EmptyState icon={Compass} text={t("page.notFound")}>
        <Link to="/" className={LINK}>
          {t("page.home")}
        </Link>
      </EmptyState>
    </main>
  );
}

export function ForbiddenPage() {
  const { t } = useTranslation();
  return (
    <main className="h-full">
      <h1 className="sr-only">Centralita</h1>
      <EmptyState icon={Lock} text={t("page.forbidden")}>
        <Link to="/" className={LINK}>
          {t("page.home")}
        </Link>
      </EmptyState>
    </main>
  );
}

const PROBE_EVERY = 4_000;

/** Calls `then` if the server can be reached, whatever it answers. */
async function probe(then: () => void): Promise<void> {
  try {
    await fetch(`${API_BASE}/health`, { mode: "no-cors", cache: "no-store" });
  } catch {
    return;
  }
  then();
}

export function BrokenPage({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation();
  const router = useRouter();
  const problem = asProblem(error);
  const again = useCallback(() => {
    reset();
    void router.invalidate();
  }, [reset, router]);
  const isUnreachable = problem.code === "network";
  useEffect(() => {
    window.addEventListener("online", again);
    // Not every way back is told: a browser that was opened without a network may say nothing, and where only the
    // server was away it has nothing to say.
    const timer = isUnreachable ? window.setInterval(() => void probe(again), PROBE_EVERY) : undefined;
    return () => {
      window.removeEventListener("online", again);
      window.clearInterval(timer);
    };
  }, [again, isUnreachable]);
  if (problem.code === "not_found") return <NotFoundPage />;
  if (problem.code === "forbidden") return <ForbiddenPage />;
  return (
    <main className="h-full">
      <h1 className="sr-only">Centralita</h1>
      <EmptyState icon={TriangleAlert} text={`${t("page.broken")} ${problemWords(error, t)}`}>
        <Button variant="primary" onClick={again}>
          {t("action.retry")}
        </Button>
      </EmptyState>
    </main>
  );
}
