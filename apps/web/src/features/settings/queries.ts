/** Changing a tenant's users and tags. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { SentLink, UserBody, UserPatch } from "@/api/types";

export function useCreateUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: UserBody) => unwrap(api.POST("/api/users", { body })),
    meta: { quiet: true },
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
}

export function usePatchUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: UserPatch }) =>
      unwrap(api.PATCH("/api/users/{id}", { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
}

/** Sends the invitation again, or a link to set another password. */
export function useSendLink(onSent: (sent: SentLink) => void) {
  return useMutation({
    mutationFn: ({ id, invited }: { id: string; invited: boolean }) =>
      invited
        ? unwrap(api.POST("/api/users/{id}/invite", { params: { path: { id } } }))
        : unwrap(api.POST("/api/users/{id}/reset-link", { params: { path: { id } } })),
    onSuccess: onSent,
  });
}

export function useEndSessions() {
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.POST("/api/users/{id}/sessions/revoke", { params: { path: { id } } })),
  });
}

export function useRemoveTotp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/users/{id}/totp", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
}

interface TagValues {
  name: string;
  color: string | null;
}

export function useSaveTag() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: { id: string | null; body: TagValues }) =>
      id
        ? unwrap(api.PATCH("/api/tags/{id}", { params: { path: { id } }, body }))
        : unwrap(api.POST("/api/tags", { body })),
    meta: { quiet: true },
    onSuccess: () => client.invalidateQueries({ queryKey: ["tags"] }),
  });
}

export function useDeleteTag() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/tags/{id}", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tags"] }),
  });
}
