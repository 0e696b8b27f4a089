/** Which conversations are chosen for a change of many. */
import { useCallback, useMemo, useState } from "react";

/** As many as the API changes at once. */
const MOST_CHOSEN = 200;

export interface Selection {
  ids: ReadonlySet<string>;
  /** Chooses one or lets it go; with `range` all from the last one touched to it. */
  toggle: (id: string, range?: boolean) => void;
  clear: () => void;
}

/** `order`: the ids as the list shows them. What leaves the list is chosen no more. */
export function useSelection(order: string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string | null>(null);
  const ids = useMemo(() => new Set(order.filter((id) => chosen.has(id))), [order, chosen]);
  const toggle = useCallback(
    (id: string, range = false) => {
      const [from, to] = [order.indexOf(last ?? ""), order.indexOf(id)];
      const touched = range && from >= 0 ? order.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
      const add = range ? true : !ids.has(id);
      const next = new Set(ids);
      for (const one of touched) {
        if (!add) next.delete(one);
        else if (next.size < MOST_CHOSEN) next.add(one);
      }
      setChosen(next);
      setLast(id);
    },
    [order, last, ids],
  );
  const clear = useCallback(() => {
    setChosen(new Set());
    setLast(null);
  }, []);
  return useMemo(() => ({ ids, toggle, clear }), [ids, toggle, clear]);
}
