/** The line of a conversation, and whether it sends now. */
import { useQuery } from "@tanstack/react-query";
import { channelsQuery } from "@/api/directory";
import type { Channel } from "@/api/types";

/** No event tells that a line was paused or came back. */
const LOOK_AGAIN = 30_000;

export function useLine(channelId: string | undefined): Channel | undefined {
  const { data } = useQuery({ ...channelsQuery, refetchInterval: LOOK_AGAIN });
  return data?.items.find((channel) => channel.id === channelId);
}

export function isPaused(line: Channel | undefined): boolean {
  return line?.health?.state === "paused";
}
