/** Keeps the event line open while somebody is at the desk. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { eventsUrl } from "@/api/base";
import { freshToken, renewSession, sessionState } from "@/api/session";
import { NOTIFICATIONS_KEY } from "@/features/notifications/queries";
import { withTexts } from "@/lib/i18n";
import { openRealtime, type RealtimeState } from "@/lib/realtime";
import { EventSink } from "./events";
import { outboxOf } from "./outbox-instance";
import { forgetPresence, showHere, showOnline, speakThrough } from "./presence";

const loadHearing = () => withTexts(import("@/features/notifications/hearing"));

/** What was not heard is in the list all the same, the next time that it is read. */
function noMatter(): void {}

function me(): string {
  const state = sessionState();
  return state.status === "active" ? state.user.id : "";
}

export function useRealtime(): RealtimeState {
  const client = useQueryClient();
  const [state, setState] = useState<RealtimeState>("connecting");
  useEffect(() => {
    const sink = new EventSink(client, me, {
      notified: () =>
        void loadHearing()
          .then(({ hearNotification }) => hearNotification(client))
          .catch(noMatter),
      seen: () => void client.invalidateQueries({ queryKey: NOTIFICATIONS_KEY }),
      written: (conversation) =>
        void loadHearing()
          .then(({ hearCustomer }) => hearCustomer(conversation, me()))
          .catch(noMatter),
    });
    const line = openRealtime({
      url: eventsUrl,
      token: freshToken,
      renew: renewSession,
      onEvent: sink.receive,
      onResync: () => {
        sink.resync();
        void client.invalidateQueries({ queryKey: NOTIFICATIONS_KEY });
      },
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
