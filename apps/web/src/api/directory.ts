/** What several features look things up in: who I am, lines, tags, users, roles. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { localZone } from "@/lib/time";
import { api, unwrap } from "./client";

const MINUTES_5 = 5 * 60_000;
const ALL = { limit: 200 };

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/me", { signal })),
  staleTime: MINUTES_5,
});

export const channelsQuery = queryOptions({
  queryKey: ["channels"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/channels", { params: { query: ALL }, signal })),
  staleTime: MINUTES_5,
});

export const tagsQuery = queryOptions({
  queryKey: ["tags"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/tags", { params: { query: ALL }, signal })),
  staleTime: MINUTES_5,
});

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/users", { params: { query: ALL }, signal })),
  staleTime: MINUTES_5,
});

export const rolesQuery = queryOptions({
  queryKey: ["roles"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/roles", { params: { query: ALL }, signal })),
  staleTime: MINUTES_5,
});

/** The tenant's zone: the one his times are written in. */
export function useTimeZone(): string {
  return useQuery(meQuery).data?.branding?.timezone ?? localZone();
}
