/** How far a message of ours got, in the words a person needs. */
import type { Message, MessageStatus } from "@/api/types";

export type SendState = MessageStatus | "scheduled" | "cancelled";

type Sent = Pick<Message, "status" | "error" | "send_at">;

export function sendStateOf({ status, error, send_at }: Sent, now: number): SendState {
  if (status === "failed" && error?.code === "cancelled") return "cancelled";
  if (status === "queued" && send_at && Date.parse(send_at) > now) return "scheduled";
  return status;
}
