/** One way to change something on the server: what depends on it is asked for anew. */
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";

/** `quiet`: the form that asks shows what is wrong itself. */
export function useChangeOf<V, R>(queryKey: QueryKey, run: (value: V) => Promise<R>, quiet: boolean) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    meta: { quiet },
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
}
