/** Every emoji by group, found by its name in the reader's language; the last used ones first. */
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { plain } from "@/lib/plain";
import { readStored, writeStored } from "@/lib/storage";
import { Input } from "@/ui/field";
import { ErrorState, SkeletonRows } from "@/ui/states";
import { type Emoji, loadEmojis } from "./emojis";

const KEY = "centralita.emojis";
const RECENT = 24;
const COLUMNS = 8;
/** As many as a search shows. */
const FOUND = 80;

/** Emojibase's groups that people write with, each with one that stands for it. */
const GROUPS = [
  { group: 0, sign: "😀" },
  { group: 1, sign: "👋" },
  { group: 3, sign: "🐻" },
  { group: 4, sign: "🍎" },
  { group: 5, sign: "✈️" },
  { group: 6, sign: "⚽" },
  { group: 7, sign: "💡" },
  { group: 8, sign: "✅" },
  { group: 9, sign: "🏁" },
] as const;

function recent(): string[] {
  return (readStored(KEY) ?? "").split(" ").filter(Boolean);
}

export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const { t, i18n } = useTranslation();
  const [text, setText] = useState("");
  const [group, setGroup] = useState<number>(0);
  const wanted = plain(useDeferredValue(text.trim()));
  const query = useQuery({
    queryKey: ["emojis", i18n.language],
    queryFn: () => loadEmojis(i18n.language),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (query.isPending) return <SkeletonRows rows={4} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const found = wanted
    ? query.data.filter(({ words }) => words.includes(wanted)).slice(0, FOUND)
    : query.data.filter((emoji) => emoji.group === group);
  const last = recent().flatMap((sign) => query.data.find((emoji) => emoji.sign === sign) ?? []);

  function pick(sign: string): void {
    writeStored(KEY, [sign, ...recent().filter((other) => other !== sign)].slice(0, RECENT).join(" "));
    onPick(sign);
  }

  return (
    <div className="grid gap-2">
      <Input
        autoFocus
        value={text}
        placeholder={t("emoji.search")}
        aria-label={t("emoji.search")}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && wanted && found[0]) pick(found[0].sign);
          if (event.key === "Enter") event.preventDefault();
        }}
      />
      {!wanted && (
        <div role="tablist" aria-label={t("emoji.groups")} className="flex justify-between">
          {GROUPS.map(({ group: one, sign }) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={one === group}
              aria-label={t(`emoji.group.${one}`)}
              title={t(`emoji.group.${one}`)}
              onClick={() => setGroup(one)}
              className={cn("size-8 rounded-[6px] text-base hover:bg-raised", one === group && "bg-raised")}
            >
              {sign}
            </button>
          ))}
        </div>
      )}
      <div className="h-56 overflow-y-auto">
        {!wanted && last.length > 0 && <Grid title={t("emoji.recent")} emojis={last} onPick={pick} />}
        <Grid title={wanted ? t("emoji.found") : t(`emoji.group.${group}`)} emojis={found} onPick={pick} />
        {wanted && found.length === 0 && <p className="p-4 text-center text-muted">{t("emoji.none")}</p>}
      </div>
    </div>
  );
}

interface GridProps {
  title: string;
  emojis: Emoji[];
  onPick: (sign: string) => void;
}

/** The arrows go from one to the next, as in any grid. */
function move(event: KeyboardEvent<HTMLElement>): void {
  const steps: Record<string, number> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: COLUMNS,
    ArrowUp: -COLUMNS,
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll("button")];
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
}

function Grid({ title, emojis, onPick }: GridProps) {
  if (emojis.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="py-1 text-xs font-medium text-muted">{title}</h3>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons in it have the focus */}
      <div className="grid grid-cols-8" onKeyDown={move}>
        {emojis.map(({ sign, label }) => (
          <button
            key={sign}
            type="button"
            aria-label={label}
            title={label}
            onClick={() => onPick(sign)}
            className="aspect-square rounded-[6px] text-xl hover:bg-raised"
          >
            {sign}
          </button>
        ))}
      </div>
    </section>
  );
}
