/** One conversation: header, messages, composer, and the panel beside it. */
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/use-session";
import { useSeenHere } from "@/features/notifications/use-seen-here";
import { asProblem } from "@/lib/problem";
import { readStored, writeStored } from "@/lib/storage";
import { serviceWindow } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { ErrorState, Skeleton } from "@/ui/states";
import { Composer, type ComposerMode } from "./composer/composer";
import { Details } from "./details";
import { MessageList } from "./message-list";
import { Neighbours } from "./neighbours";
import { useLook } from "./presence";
import { conversationQuery, useMarkRead } from "./queries";
import { ThreadHeader } from "./thread-header";

const PANEL_KEY = "centralita.panel";
const wide = window.matchMedia("(min-width: 1280px)");

function useWide(): boolean {
  return useSyncExternalStore(
    (notify) => {
      wide.addEventListener("change", notify);
      return () => wide.removeEventListener("change", notify);
    },
    () => wide.matches,
  );
}

function useVisible(): boolean {
  return useSyncExternalStore(
    (notify) => {
      document.addEventListener("visibilitychange", notify);
      return () => document.removeEventListener("visibilitychange", notify);
    },
    () => document.visibilityState === "visible",
  );
}

interface ThreadProps {
  conversationId: string;
  /** The message at which it is opened, if not at its end. */
  at: string | undefined;
  /** Called when somebody wants to be at its end. */
  onEnd: () => void;
  /** Called when somebody wants to be at a message that is not loaded. */
  onJump: (messageId: string) => void;
  mode: ComposerMode;
  onMode: (mode: ComposerMode) => void;
  box: RefObject<HTMLTextAreaElement | null>;
  /** Called when the conversation is done with once the server has what was sent. */
  onDone: (sent: Promise<boolean>) => void;
}

export function Thread({ conversationId, at, onEnd, onJump, mode, onMode, box, onDone }: ThreadProps) {
  const { t } = useTranslation();
  const query = useQuery(conversationQuery(conversationId));
  const conversation = query.data;
  const isWide = useWide();
  const visible = useVisible();
  const [panel, setPanel] = useState(() => readStored(PANEL_KEY) !== "folded");
  const [overlay, setOverlay] = useState(false);
  const [turn, setTurn] = useState(0);
  const { mutate: markRead } = useMarkRead();
  const impersonating = useSession()?.impersonating ?? false;
  const unread = conversation?.unread_count ?? 0;
  // What counts as new is what was unread when it was opened, and not what comes while somebody reads.
  const [opened, setOpened] = useState<{ id: string; unread: number } | null>(null);
  if (conversation && opened?.id !== conversationId) setOpened({ id: conversationId, unread });
  const isOpen = serviceWindow(conversation?.window_expires_at ?? null, useNow()).state !== "closed";

  useLook(conversationId);
  useEffect(() => {
    // Whoever looks with somebody else's eyes has not read it for him.
    if (visible && unread > 0 && !impersonating) markRead(conversationId);
  }, [visible, unread, conversationId, markRead, impersonating]);

  useSeenHere(conversationId, visible && !impersonating);

  function togglePanel(): void {
    if (!isWide) {
      setOverlay(!overlay);
      return;
    }
    writeStored(PANEL_KEY, panel ? "folded" : null);
    setPanel(!panel);
  }

  if (query.isError && !conversation) {
    const missing = asProblem(query.error).code === "not_found";
    return missing ? (
      <ErrorState error={query.error} />
    ) : (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  const shown = isWide ? panel : overlay;
  return (
    <div className="relative flex h-full min-w-0">
      <section aria-label={t("thread.region")} className="flex h-full min-w-0 flex-1 flex-col">
        <ThreadHeader conversation={conversation} panelOpen={shown} onPanel={togglePanel} />
        <div className="min-h-0 flex-1">
          <MessageList
            key={`${conversationId} ${at ?? ""} ${turn}`}
            conversationId={conversationId}
            at={at}
            onEnd={() => {
              // Its end may have been let go: it begins anew there.
              setTurn(turn + 1);
              onEnd();
            }}
            isOpen={isOpen}
            unread={opened?.id === conversationId ? opened.unread : null}
            onJump={onJump}
            onQuote={() => {
              // The box may have to appear first.
              flushSync(() => onMode("reply"));
              box.current?.focus();
            }}
          />
        </div>
        <Neighbours conversationId={conversationId} />
        {conversation ? (
          <Composer
            conversation={conversation}
            mode={mode}
            onMode={onMode}
            box={box}
            onSent={() => box.current?.focus()}
            onDone={onDone}
          />
        ) : (
          <div className="border-t border-line bg-surface p-3">
            <Skeleton className="h-18" />
          </div>
        )}
      </section>
      {shown && conversation && (
        <div
          className={
            isWide
              ? "w-80 shrink-0 border-l border-line"
              : "animate-appear absolute inset-y-0 right-0 z-20 w-full border-l border-line shadow-lg sm:w-80"
          }
        >
          <Details conversation={conversation} onClose={togglePanel} />
        </div>
      )}
    </div>
  );
}
