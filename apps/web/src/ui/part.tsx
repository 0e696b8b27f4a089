/**
 * Parts of the desk that are fetched when they are needed, as anything else is: a network that is gone costs the part
 * and not the page. Chromium does not ask again for a module that once failed, so that the last resort is the page
 * itself; what was being written is kept.
 */
import { useQuery } from "@tanstack/react-query";
import { type ComponentType, type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { problemWords } from "@/lib/problem";
import { ErrorState } from "./states";
import { toast } from "./toast";

function usePart<P>(name: string, load: () => Promise<ComponentType<P>>) {
  return useQuery({
    queryKey: ["part", name],
    queryFn: async () => ({ Part: await load() }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    retry: false,
    networkMode: "always",
    meta: { quiet: true },
  });
}

/** How long somebody has to ask for the page, in milliseconds. */
const PATIENCE = 20_000;

const reload = () => window.location.reload();

/** A part with a place of its own, where it says what is wrong. `waiting` stands there until it has come. */
export function part<P extends object>(
  name: string,
  load: () => Promise<ComponentType<P>>,
  waiting: ReactNode = null,
): ComponentType<P> {
  // biome-ignore lint/correctness/noComponentHookFactories: made once for each part, where its module begins
  return function InPlace(props: P) {
    const { data, error, isFetching, refetch } = usePart(name, load);
    if (data) return <data.Part {...props} />;
    const again = () => void refetch().then(({ isError }) => isError && navigator.onLine && reload());
    return error && !isFetching ? <ErrorState error={error} onRetry={again} /> : waiting;
  };
}

interface Closing {
  onClose: () => void;
}

/** A dialog: where it cannot be fetched it says so and is closed. */
export function dialogPart<P extends Closing>(
  name: string,
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  // biome-ignore lint/correctness/noComponentHookFactories: made once for each part, where its module begins
  return function Asked(props: P) {
    const { t } = useTranslation();
    const { data, error, isFetching } = usePart(name, load);
    const { onClose } = props;
    // What failed the last time is no answer to this time.
    const failure = isFetching ? null : error;
    // biome-ignore lint/correctness/useExhaustiveDependencies: once for each failure
    useEffect(() => {
      if (!failure) return;
      toast.error(problemWords(failure, t), {
        duration: PATIENCE,
        action: { label: t("action.retry"), onClick: reload },
      });
      onClose();
    }, [failure]);
    return data ? <data.Part {...props} /> : null;
  };
}
