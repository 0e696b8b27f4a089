/** What a message may ask of the thread it stands in. */
import { createContext, useContext } from "react";
import type { Message } from "@/api/types";

export interface ThreadActions {
  /** Shows the picture or film of a message on the whole screen. */
  openFile: (message: Message) => void;
  /** Brings a message under the eye, wherever in the thread it is. */
  jump: (messageId: string) => void;
}

const NOTHING: ThreadActions = { openFile: () => undefined, jump: () => undefined };

export const ThreadContext = createContext<ThreadActions>(NOTHING);

export function useThreadActions(): ThreadActions {
  return useContext(ThreadContext);
}
