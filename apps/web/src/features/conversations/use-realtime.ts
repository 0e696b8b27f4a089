/** Keeps the event line open while somebody is at the desk. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { eventsUrl } from "@/api/base";
import { freshToken, renewSession, sessionState } from "@/api/session";
import { openRealtime, type RealtimeState } from "@/lib/realtime";
import { EventSink } from "./events";
import { outboxOf } from "./outbox-instance";
import { forgetPresence, showHere, showOnline, speakThrough } from "./presence";

function me(): string {
  const state = sessionState();
  return state.status === "active" ? state.user.id : "";
}

export function useRealtime(): RealtimeState {
  const client = useQueryClient();
  const [state, setState] = useState<RealtimeState>("connecting");
  useEffect(() => {
    const sink = new EventSink(client, me);
    const line = openRealtime({
      url: eventsUrl,
      token: freshToken,
      renew: renewSession,
      onEvent: sink.receive,
      onResync: sink.resync,
      onState: (next) => {
        setState(next);
        if (next === "online") outboxOf(client).flush();
        else forgetPresence();
      },
      onHere: showHere,
      onOnline: showOnline,
    });
    const leave = speakThrough(line.look);
    return () => {
      leave();
      line.hangUp();
    };
  }, [client]);
  return state;
}
