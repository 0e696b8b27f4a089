/**
 * The bytes of a message's file. An element cannot bring the bearer, so they are fetched like any
 * other answer and shown from a blob; the server names only types that a browser cannot run.
 */
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, unwrap } from "@/api/client";
import type { Message } from "@/api/types";
import { patchMessages } from "./cache";

export function fileQuery(message: Message) {
  return queryOptions({
    queryKey: ["media", message.id, message.media?.sha256 ?? null],
    queryFn: ({ signal }) =>
      unwrap<Blob>(
        api.GET("/api/messages/{id}/media", {
          params: { path: { id: message.id } },
          parseAs: "blob",
          signal,
        }) as Promise<{ data?: Blob; error?: unknown; response: Response }>,
      ),
    // A file never changes under its message; what is off the screen need not stay in memory.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    meta: { quiet: true },
  });
}

/** A URL of the file for as long as it is shown; null until it is there. */
export function useFile(message: Message, wanted: boolean): { url: string | null; failed: boolean } {
  const { data, isError } = useQuery({ ...fileQuery(message), enabled: wanted });
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!data) return;
    const made = URL.createObjectURL(data);
    setUrl(made);
    return () => {
      setUrl(null);
      URL.revokeObjectURL(made);
    };
  }, [data]);
  return { url, failed: isError };
}

/** Under which name it is saved. */
export function fileName({ media, type, created_at }: Message): string {
  return media?.filename ?? `${type}-${created_at.slice(0, 10)}`;
}

/** Saves the file under its name. */
export function useSaveFile(message: Message, name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => client.fetchQuery(fileQuery(message)),
    onSuccess: (blob) => {
      const url = URL.createObjectURL(blob);
      const link = document.createElement("a");
      link.href = url;
      link.download = name;
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
    },
  });
}

export function useFetchAgain(message: Message) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(api.POST("/api/messages/{id}/media/fetch", { params: { path: { id: message.id } } })),
    onSuccess: (updated) => patchMessages(client, updated.conversation_id, [updated]),
  });
}

/** Bytes in the unit a person would use. */
export function formatSize(bytes: number, language: string): string {
  const units = ["byte", "kilobyte", "megabyte"] as const;
  const step = bytes < 1_000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: units[step],
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step === 2 ? 1 : 0,
  }).format(bytes / 1_000 ** step);
}
