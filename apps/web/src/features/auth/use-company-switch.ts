/** Changing to another company: tries at once, and asks what the company asks. */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionState } from "@/api/session";
import { asProblem, problemWords } from "@/lib/problem";
import { toast } from "@/ui/toast";
import type { CompanyQuestion } from "./company-dialog";
import { type Destination, useSwitch } from "./queries";

export function useCompanySwitch() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [question, setQuestion] = useState<CompanyQuestion | null>(null);
  const change = useSwitch(
    () => {
      setQuestion(null);
      const session = sessionState();
      const name = session.status === "active" ? session.tenant?.name : undefined;
      toast.success(t("company.entered", { name: name ?? "" }));
      void navigate({ to: "/", replace: true });
    },
    ({ tenant, password }: Destination, code) => {
      if (code === "password_required") setQuestion({ tenant, wants: "password" });
      if (code === "totp_required") {
        setQuestion({ tenant, wants: "code", ...(password ? { password } : {}) });
      }
    },
  );
  return {
    question,
    problem: change.error ? asProblem(change.error) : null,
    busy: change.isPending,
    /** To a company whose password was shown. */
    choose: (tenant: string) =>
      change.mutate(
        { tenant },
        {
          onError: (error) => {
            const problem = asProblem(error);
            const asks = ["password_required", "totp_required"].includes(problem.code);
            if (!asks) toast.error(problemWords(problem, t));
          },
        },
      ),
    /** To one that is not in the list. */
    other: () => {
      change.reset();
      setQuestion({ tenant: "", wants: "password" });
    },
    submit: (to: Destination) => change.mutate(to),
    close: () => {
      change.reset();
      setQuestion(null);
    },
  };
}
