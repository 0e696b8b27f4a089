/** Where an answer is written, or why it cannot be. */
import type { RefObject } from "react";
import type { Conversation } from "@/api/types";
import { isPaused, useLine } from "../line-state";
import { BlockedBox, PausedLine, useBlocked } from "./blocked-box";
import { OpenBox } from "./open-box";

interface ReplyBoxProps {
  conversation: Conversation;
  box: RefObject<HTMLTextAreaElement | null>;
  /** Where the tools stand; null as long as there is no such place. */
  tools: HTMLElement | null;
  onSent: () => void;
  /** Called when the conversation is done with once the server has what was sent. */
  onDone: (sent: Promise<boolean>) => void;
}

export function ReplyBox(props: ReplyBoxProps) {
  const line = useLine(props.conversation.channel.id);
  const blocked = useBlocked(props.conversation, line);
  return (
    <>
      {line?.is_active && isPaused(line) && <PausedLine line={line} />}
      {blocked ? <BlockedBox {...props} blocked={blocked} /> : <OpenBox {...props} isHeld={isPaused(line)} />}
    </>
  );
}
