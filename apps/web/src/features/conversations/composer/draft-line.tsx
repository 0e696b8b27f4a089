/** Keeps a draft the same on every device, and says above the box what another device wrote. */
import { Pencil } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/use-session";
import { Button } from "@/ui/button";
import { DraftSync } from "../draft-sync";
import { type ServerKind, subscribe } from "../drafts";

/** After so long without a key the words go to the server. */
const PAUSE = 1_000;

interface DraftLineProps {
  conversationId: string;
  kind: ServerKind;
  /** Changes when something happened in the conversation: another device may have sent the draft. */
  moved: string;
}

export function DraftLine(props: DraftLineProps) {
  const session = useSession();
  // Nobody else looks into somebody's drawer.
  if (!session || session.impersonating) return null;
  return <OwnDraftLine {...props} owner={session.user.id} />;
}

function OwnDraftLine({ conversationId, kind, moved, owner }: DraftLineProps & { owner: string }) {
  const { t } = useTranslation();
  const [, setShown] = useState(0);
  const sync = useMemo(
    () => new DraftSync(owner, conversationId, kind, () => setShown((count) => count + 1)),
    [owner, conversationId, kind],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: looks anew whenever something happened there
  useEffect(() => void sync.pull(), [sync, moved]);

  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const leave = subscribe(() => {
      clearTimeout(waiting);
      waiting = setTimeout(sync.push, PAUSE);
    });
    const look = () => void (document.visibilityState === "visible" ? sync.pull() : sync.push());
    window.addEventListener("online", sync.pull);
    window.addEventListener("focus", sync.pull);
    window.addEventListener("blur", sync.push);
    document.addEventListener("visibilitychange", look);
    return () => {
      leave();
      clearTimeout(waiting);
      window.removeEventListener("online", sync.pull);
      window.removeEventListener("focus", sync.pull);
      window.removeEventListener("blur", sync.push);
      document.removeEventListener("visibilitychange", look);
      void sync.push();
    };
  }, [sync]);

  const { other, isFileGone } = sync.aside;
  return (
    <>
      {isFileGone && (
        <p role="status" className="px-4 pt-1 text-list text-muted">
          {t("draft.fileGone")}
        </p>
      )}
      {other && (
        <div
          role="status"
          className="mx-3 mt-1.5 flex flex-wrap items-center gap-2 rounded-md border border-line px-3 py-2 text-list"
        >
          <Pencil aria-hidden className="size-4 shrink-0 text-accent" />
          <p className="line-clamp-3 min-w-40 flex-1 break-words">
            {t("draft.other", { words: other.text })}
          </p>
          <Button onClick={() => void sync.takeOther()}>{t("draft.take")}</Button>
          <Button onClick={() => void sync.keepOwn()}>{t("draft.keep")}</Button>
        </div>
      )}
    </>
  );
}
