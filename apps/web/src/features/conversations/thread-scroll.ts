/** Keeps what is being read in its place, whatever is added above or below it or let go. */
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Message } from "@/api/types";

const AT_END = 80;
/** How many rows are remembered, for the case that the first of them is gone. */
const ANCHORS = 5;
/** What stays visible above the line of what is new. */
const ABOVE_LINE = 8;

interface ScrollOptions {
  messages: Message[];
  /** How many are on their way. */
  pending: number;
  me: string;
  /** The message to begin at, if not the end. */
  at: string | undefined;
  /** Whether the newest message is there. */
  isWhole: boolean;
  /** Whether there is something new to begin at; null as long as nobody knows. */
  hasUnread: boolean | null;
}

interface Anchor {
  id: string;
  /** Where it stands below the upper edge. */
  top: number;
}

/** The row of a message, as it is drawn now. */
export function rowOf(box: HTMLElement | null, id: string): HTMLElement | null {
  return box?.querySelector<HTMLElement>(`[data-message~="${CSS.escape(id)}"]`) ?? null;
}

/** The first rows that can be seen. */
function anchorsOf(box: HTMLElement): Anchor[] {
  const edge = box.getBoundingClientRect().top;
  const rows = box.querySelectorAll<HTMLElement>("[data-message]");
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row && row.getBoundingClientRect().bottom <= edge) low = middle + 1;
    else high = middle;
  }
  return [...rows].slice(low, low + ANCHORS).map((row) => ({
    // What an album grows by comes before or after the picture it had.
    id: row.dataset["message"]?.split(" ").at(-1) ?? "",
    top: row.getBoundingClientRect().top - edge,
  }));
}

function restore(box: HTMLElement, anchors: Anchor[]): void {
  const edge = box.getBoundingClientRect().top;
  for (const { id, top } of anchors) {
    const row = rowOf(box, id);
    if (!row) continue;
    box.scrollTop += row.getBoundingClientRect().top - edge - top;
    return;
  }
}

/** Puts the line above what is new at the top, when it would be out of sight. Whether it had to. */
function land(box: HTMLElement, line: HTMLElement): boolean {
  const above = line.getBoundingClientRect().top - box.getBoundingClientRect().top;
  if (above >= 0) return false;
  box.scrollTop += above - ABOVE_LINE;
  return true;
}

export function useScrollKeeping(options: ScrollOptions) {
  const { messages, pending, me, at, isWhole, hasUnread } = options;
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(!at);
  const [unseen, setUnseen] = useState(0);
  const found = useRef(!at);
  const landed = useRef(Boolean(at));
  const before = useRef({ anchors: [] as Anchor[], lastId: "", pending: 0 });
  const atEnd = isAtEnd && isWhole;

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const was = before.current;
    const last = messages.at(-1);
    const opened = was.lastId === "" && was.pending === 0;
    const target = at && !found.current ? rowOf(element, at) : null;
    const line = hasUnread && !landed.current ? element.querySelector<HTMLElement>("[data-unread]") : null;
    if (target) {
      found.current = true;
      target.scrollIntoView({ block: "center" });
    } else if (line) {
      landed.current = true;
      element.scrollTop = element.scrollHeight;
      if (land(element, line)) setAtEnd(false);
    } else if ((opened && !at) || pending > was.pending || atEnd) {
      element.scrollTop = element.scrollHeight;
      setUnseen(0);
    } else {
      if (!opened) restore(element, was.anchors);
      if (isWhole && !opened && last && last.id !== was.lastId && last.author?.id !== me) {
        const known = messages.findIndex((message) => message.id === was.lastId);
        if (known >= 0) setUnseen((count) => count + messages.length - 1 - known);
      }
    }
    // One begins once: a line that is found later, further up, moves nobody.
    if (last && hasUnread !== null) landed.current = true;
    before.current = { anchors: anchorsOf(element), lastId: last?.id ?? "", pending };
  }, [messages, pending, atEnd, me, at, isWhole, hasUnread]);

  const filled = messages.length > 0;
  useEffect(() => {
    const element = box.current;
    if (!element || !filled) return;
    const observer = new ResizeObserver((entries) => {
      // A composer that grows must not push the newest message out of sight.
      if (atEnd && entries.some(({ target }) => target === element)) {
        element.scrollTo({ top: element.scrollHeight });
      }
      // What opens above the eye, by one's own hand, moves what is below it.
      before.current.anchors = anchorsOf(element);
    });
    observer.observe(element);
    if (content.current) observer.observe(content.current);
    return () => observer.disconnect();
  }, [atEnd, filled]);

  function onScroll(): void {
    const element = box.current;
    if (!element) return;
    before.current.anchors = anchorsOf(element);
    const end = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END;
    if (end !== isAtEnd) setAtEnd(end);
    if (end) setUnseen(0);
  }

  function toEnd(): void {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }

  return { box, content, atEnd, unseen, onScroll, toEnd };
}
