/** What every screen stands on: queries, tooltips, toasts. */
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import i18n from "i18next";
import { lazy, type ReactNode, Suspense } from "react";
import { asProblem, problemWords } from "@/lib/problem";
import { toast } from "@/ui/toast";
import { TooltipProvider } from "@/ui/tooltip";

const Toasts = lazy(async () => ({ default: (await import("./toasts")).Toasts }));

const NEVER_AGAIN = new Set([400, 401, 403, 404, 409, 413, 422]);

/** `onMustEnrol` hears that the platform lets this SuperAdmin do nothing without a second factor. */
export function makeQueryClient(onMustEnrol: () => void = () => undefined): QueryClient {
  const heed = (error: unknown) => {
    if (asProblem(error).code === "totp_enrolment_required") onMustEnrol();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: heed }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        heed(error);
        // Forms show their own errors in place; the rest must not fail in silence.
        if (mutation.meta?.["quiet"]) return;
        toast.error(problemWords(error, i18n.t));
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (count, error) => count < 2 && !NEVER_AGAIN.has(asProblem(error).status),
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

export function Providers({ client, children }: { client: QueryClient; children: ReactNode }) {
  return (
    <QueryClientProvider client={client}>
      <TooltipProvider delayDuration={350}>
        {children}
        <Suspense>
          <Toasts />
        </Suspense>
      </TooltipProvider>
    </QueryClientProvider>
  );
}
