/** Shows the customer that somebody writes; WhatsApp keeps it up for 25 seconds by itself. */
import { useEffect, useRef } from "react";
import { api } from "@/api/client";

const EVERY = 20_000;

/** To be called on every key; asks the server at most every twenty seconds. */
export function useTyping(conversationId: string, enabled: boolean): () => void {
  const last = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation starts anew
  useEffect(() => {
    last.current = 0;
  }, [conversationId]);
  return () => {
    if (!enabled || Date.now() - last.current < EVERY) return;
    last.current = Date.now();
    // Nobody waits for it: what goes wrong with it is of no interest.
    api
      .POST("/api/conversations/{id}/typing", { params: { path: { id: conversationId } } })
      .catch(() => undefined);
  };
}
