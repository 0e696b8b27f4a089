/** Reading and changing what is known of a customer. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { BlockResult, ContactPatch, ContactRef } from "@/api/types";

const keyOf = (id: string) => ["contact", id] as const;

/** The card, for a component that is one customer's: read anew as soon as the list tells another name or state of him. */
export function contactQuery({ id, name, is_blocked }: ContactRef) {
  return queryOptions({
    queryKey: [...keyOf(id), "card", name, is_blocked],
    queryFn: ({ signal }) => unwrap(api.GET("/api/contacts/{id}", { params: { path: { id } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function threadsQuery(id: string) {
  return queryOptions({
    queryKey: [...keyOf(id), "conversations"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/contacts/{id}/conversations", { params: { path: { id } }, signal })),
  });
}

export function filesQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: [...keyOf(id), "files"],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/contacts/{id}/files", {
          params: { path: { id }, query: { limit: 12, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export const attributeNamesQuery = queryOptions({
  queryKey: ["contact-attributes"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/contacts/attributes", { signal })),
});

function useRefresh(id: string): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: keyOf(id) }),
      client.invalidateQueries({ queryKey: ["contact-attributes"] }),
    ]);
  };
}

export function useChangeContact(id: string) {
  const refresh = useRefresh(id);
  return useMutation({
    mutationFn: (body: ContactPatch) =>
      unwrap(api.PATCH("/api/contacts/{id}", { params: { path: { id } }, body })),
    onSuccess: refresh,
  });
}

export function useBlock(id: string) {
  const refresh = useRefresh(id);
  return useMutation<BlockResult, Error, boolean>({
    mutationFn: (blocked) =>
      blocked
        ? unwrap(api.POST("/api/contacts/{id}/block", { params: { path: { id } } }))
        : unwrap(api.DELETE("/api/contacts/{id}/block", { params: { path: { id } } })),
    onSuccess: refresh,
  });
}

export function useMerge(id: string) {
  const refresh = useRefresh(id);
  return useMutation({
    mutationFn: (into: string) =>
      unwrap(api.POST("/api/contacts/{id}/merge", { params: { path: { id } }, body: { into } })),
    onSuccess: refresh,
  });
}

/** `part`: the one that becomes a person of his own again; `id`: whose card shows it. */
export function usePart(id: string) {
  const refresh = useRefresh(id);
  return useMutation({
    mutationFn: (part: string) =>
      unwrap(api.DELETE("/api/contacts/{id}/merge", { params: { path: { id: part } } })),
    onSuccess: refresh,
  });
}
