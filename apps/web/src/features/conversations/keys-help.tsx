/** What every key does. */
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/dialog";

const KEYS = [
  { keys: ["j", "k"], what: "move" },
  { keys: ["Enter"], what: "open" },
  { keys: ["x", "X"], what: "choose" },
  { keys: ["r"], what: "reply" },
  { keys: ["n"], what: "note" },
  { keys: ["Ctrl/⌘ Enter"], what: "finish" },
  { keys: ["a"], what: "assign" },
  { keys: ["t"], what: "tag" },
  { keys: ["e"], what: "close" },
  { keys: ["s"], what: "status" },
  { keys: ["/"], what: "search" },
  { keys: ["@"], what: "mention" },
  { keys: ["Ctrl/⌘ K"], what: "palette" },
  { keys: ["Esc"], what: "leave" },
  { keys: ["?"], what: "help" },
];

export function KeysHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog open onOpenChange={onClose} title={t("keys.title")}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2">
        {KEYS.map(({ keys, what }) => (
          <div key={what} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="min-w-6 rounded-[6px] border border-line bg-bg px-1.5 text-center font-mono text-list"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{t(what === "close" ? "keys.close" : `keysHelp.${what}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
