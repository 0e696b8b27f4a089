/** Opens the pictures and films of a thread on the whole screen; what draws them comes when it is needed. */
import { useState } from "react";
import type { Message } from "@/api/types";
import { withTexts } from "@/lib/i18n";
import { dialogPart } from "@/ui/part";
import type { Fold } from "./fold";

const Lightbox = dialogPart("lightbox", async () => (await withTexts(import("./lightbox"))).default);

/** What can be looked at in large, oldest first. */
export function picturesOf(messages: Message[], folds: Map<string, Fold>): Message[] {
  return messages.filter(
    ({ id, type, media }) =>
      (type === "image" || type === "video") &&
      media?.state === "stored" &&
      media.shown &&
      !folds.get(id)?.revoke,
  );
}

interface GalleryProps {
  /** All that can be gone through. */
  pictures: Message[];
  /** The one it was opened at. */
  opened: Message;
  timeZone: string;
  onClose: () => void;
  /** Called when somebody wants to see it among the messages. */
  onShow: (message: Message) => void;
}

export function Gallery({ pictures, opened, ...rest }: GalleryProps) {
  // What is under the eye stays what it is, although the thread goes on meanwhile.
  const [shown] = useState(() => (pictures.some(({ id }) => id === opened.id) ? pictures : [opened]));
  return <Lightbox pictures={shown} start={shown.findIndex(({ id }) => id === opened.id)} {...rest} />;
}
