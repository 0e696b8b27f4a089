/** The switchboard: list and thread, the keys that drive them, and the line to the server. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleHelp, Headset, WifiOff } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@/api/types";
import { usePermission, useSession } from "@/api/use-session";
import { cn } from "@/lib/cn";
import { useHotkeys } from "@/lib/hotkeys";
import { withTexts } from "@/lib/i18n";
import type { RealtimeState } from "@/lib/realtime";
import { readStored, writeStored } from "@/lib/storage";
import { Button } from "@/ui/button";
import { dialogPart, part } from "@/ui/part";
import { EmptyState } from "@/ui/states";
import { toast } from "@/ui/toast";
import type { ComposerMode } from "./composer/composer";
import { ConversationList, useConversationList } from "./conversation-list";
import { countParams, type InboxSearch, NO_FILTER } from "./filters";
import { conversationKey } from "./keys";
import { ListHeader } from "./list-header";
import { PaletteKey } from "./palette-key";
import { countsQuery, usePatchConversation } from "./queries";
import { useSelection } from "./selection";
import { ThreadSkeleton } from "./thread-skeleton";
import { useRealtime } from "./use-realtime";

// The list is there before what it opens, which is fetched while somebody chooses.
const loadThread = () => withTexts(import("./thread"));
const Thread = part("thread", async () => (await loadThread()).Thread, <ThreadSkeleton />);

const SearchResults = part(
  "search-results",
  async () => (await withTexts(import("./search-results"))).SearchResults,
);

const KeysHelp = dialogPart("keys-help", async () => (await withTexts(import("./keys-help"))).KeysHelp);

const DENSITY_KEY = "centralita.density";

interface InboxProps {
  search: InboxSearch;
  openId: string | null;
}

export function Inbox({ search, openId }: InboxProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const me = useSession()?.user.id ?? "";
  const canWrite = usePermission("chat.write");
  const state = useRealtime();
  const searchBox = useRef<HTMLInputElement>(null);
  const writingBox = useRef<HTMLTextAreaElement>(null);
  const [dense, setDense] = useState(() => readStored(DENSITY_KEY) === "dense");
  const [help, setHelp] = useState(false);
  const [mode, setMode] = useState<ComposerMode>("reply");
  const [cursorId, setCursorId] = useState<string | null>(null);
  const { items } = useConversationList(search);
  const patch = usePatchConversation();
  useTitle();
  useEffect(() => {
    const timer = window.setTimeout(() => void loadThread(), 0);
    return () => window.clearTimeout(timer);
  }, []);

  const onChange = useCallback(
    (change: Partial<InboxSearch>) =>
      void navigate({
        to: openId ? "/inbox/$conversationId" : "/inbox",
        params: openId ? { conversationId: openId } : {},
        search: { ...search, ...change },
        replace: true,
      }),
    [navigate, openId, search],
  );
  const onClear = () => onChange(NO_FILTER);
  const order = useMemo(() => items.map((item) => item.id), [items]);
  const chosen = useSelection(order);
  const selection = canWrite && !search.q ? chosen : null;

  function open(id: string): void {
    void navigate({
      to: "/inbox/$conversationId",
      params: { conversationId: id },
      search: { ...search, at: undefined },
    });
  }

  function move(by: number): void {
    const from = items.findIndex((item) => item.id === (cursorId ?? openId));
    const next = items[Math.min(items.length - 1, Math.max(0, from + by))];
    if (next) setCursorId(next.id);
  }

  function write(next: ComposerMode): void {
    // The box of the other kind has to be there before it can be written in.
    flushSync(() => setMode(next));
    writingBox.current?.focus();
  }

  const shown = openId ? client.getQueryData<Conversation>(conversationKey(openId)) : undefined;

  function toNext(): void {
    const index = items.findIndex((item) => item.id === openId);
    const next = items[index + 1] ?? items[index - 1];
    if (next && next.id !== openId) open(next.id);
    else void navigate({ to: "/inbox", search });
  }

  function closeAndNext(): void {
    if (!openId || !shown) return;
    patch.mutate({ conversation: shown, value: { status: "closed" } });
    toNext();
  }

  /** An answer opens a conversation: it is closed once the server has what was sent. */
  async function finish(sent: Promise<boolean>): Promise<void> {
    if (!shown) return;
    toNext();
    if (await sent) patch.mutate({ conversation: shown, value: { status: "closed" } });
    else toast.error(t("thread.notClosed"));
  }

  function press(hotkey: string): void {
    const target = [...document.querySelectorAll<HTMLElement>(`[data-hotkey=${hotkey}]`)].find(
      (element) => element.offsetParent !== null,
    );
    target?.focus();
    // Radix menus open on pointer or key, not on click alone.
    target?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    if (hotkey === "tags") target?.click();
  }

  const openCursor = () => cursorId && open(cursorId);
  useHotkeys({
    j: () => move(1),
    k: () => move(-1),
    ["Enter"]: openCursor,
    "/": () => searchBox.current?.focus(),
    "?": () => setHelp(true),
    ...(selection
      ? {
          x: () => {
            const id = cursorId ?? openId;
            if (id) selection.toggle(id);
          },
          ["X"]: () => {
            const id = cursorId ?? openId;
            if (id) selection.toggle(id, true);
          },
          ...(selection.ids.size > 0 ? { ["Escape"]: selection.clear } : {}),
        }
      : {}),
    ...(openId && canWrite
      ? {
          r: () => write("reply"),
          n: () => write("note"),
          a: () => press("assign"),
          t: () => press("tags"),
          e: closeAndNext,
          s: () => press("status"),
        }
      : {}),
  });

  return (
    <main className="flex h-full">
      <h1 className="sr-only">{t("nav.inbox")}</h1>
      <section
        aria-label={t("nav.inbox")}
        className={cn(
          "flex h-full w-full flex-col border-line bg-surface md:w-[360px] md:shrink-0 md:border-r",
          openId && "max-md:hidden",
        )}
      >
        <ListHeader
          search={search}
          onChange={onChange}
          onClear={onClear}
          searchBox={searchBox}
          selection={selection}
          dense={dense}
          onDense={(next) => {
            writeStored(DENSITY_KEY, next ? "dense" : null);
            setDense(next);
          }}
        />
        <ConnectionLine state={state} />
        <div className="min-h-0 flex-1">
          {search.q ? (
            <SearchResults text={search.q} openId={openId} at={search.at} />
          ) : (
            <ConversationList
              search={search}
              openId={openId}
              cursorId={cursorId}
              dense={dense}
              selection={selection}
              onClear={onClear}
            />
          )}
        </div>
      </section>
      <div className={cn("flex h-full min-w-0 flex-1 flex-col", !openId && "max-md:hidden")}>
        <div className="md:hidden">
          <ConnectionLine state={state} />
        </div>
        <div className="min-h-0 flex-1">
          {openId ? (
            <Thread
              conversationId={openId}
              at={search.at}
              onEnd={() => onChange({ at: undefined })}
              onJump={(message) => onChange({ at: message })}
              mode={mode}
              onMode={setMode}
              box={writingBox}
              onDone={(sent) => void finish(sent)}
            />
          ) : (
            <EmptyState icon={Headset} text={t("thread.choose")}>
              <Button onClick={() => setHelp(true)}>
                <CircleHelp aria-hidden />
                {t("keys.title")}
              </Button>
            </EmptyState>
          )}
        </div>
      </div>
      {help && <KeysHelp onClose={() => setHelp(false)} />}
      <PaletteKey
        actions={{
          take:
            shown && canWrite && shown.assignee?.id !== me
              ? () => patch.mutate({ conversation: shown, value: { assignee_id: me } })
              : null,
          close: shown && canWrite ? closeAndNext : null,
          help: () => setHelp(true),
        }}
      />
    </main>
  );
}

/** The unread count, where a person looks when the desk is behind another window. */
function useTitle(): void {
  const { t } = useTranslation();
  const { data } = useQuery(countsQuery(countParams({})));
  const unread = data?.unread ?? 0;
  const shown = data && unread > data.cap ? `${data.cap}+` : `${unread}`;
  const title = `${unread > 0 ? `(${shown}) ` : ""}${t("nav.inbox")} · Centralita`;
  useEffect(() => {
    document.title = title;
    return () => {
      document.title = "Centralita";
    };
  }, [title]);
}

function ConnectionLine({ state }: { state: RealtimeState }): ReactNode {
  const { t } = useTranslation();
  if (state !== "offline") return null;
  return (
    <p role="status" className="flex items-center gap-2 border-b border-line px-3 py-1.5 text-list text-warn">
      <WifiOff aria-hidden className="size-4 shrink-0" />
      {t("realtime.offline")}
    </p>
  );
}
