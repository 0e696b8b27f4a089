/** Above the list: search, filters, tabs with live counts, and the filter in one sentence. */
import { useQuery } from "@tanstack/react-query";
import { Rows3, Rows4, Search } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { withTexts } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { part } from "@/ui/part";
import { Tooltip } from "@/ui/tooltip";
import { FilterPanel } from "./filter-panel";
import { FilterSentence } from "./filter-sentence";
import { countParams, type InboxSearch, isFiltered, TABS } from "./filters";
import { countsQuery } from "./queries";
import type { Selection } from "./selection";
import { StartConversation } from "./start-conversation";
import { ViewsMenu } from "./views-menu";

const BulkBar = part(
  "bulk-bar",
  async () => (await withTexts(import("./bulk-bar"))).BulkBar,
  <div className="h-9" />,
);

interface HeaderProps {
  search: InboxSearch;
  onChange: (change: Partial<InboxSearch>) => void;
  onClear: () => void;
  searchBox: RefObject<HTMLInputElement | null>;
  dense: boolean;
  onDense: (dense: boolean) => void;
  selection: Selection | null;
}

export function ListHeader(props: HeaderProps) {
  const { search, onChange, onClear, searchBox, dense, onDense, selection } = props;
  const { t } = useTranslation();
  const Density = dense ? Rows3 : Rows4;
  return (
    <div className="border-b border-line">
      <div className="flex items-center gap-1.5 p-2">
        <SearchBox value={search.q ?? ""} onChange={(q) => onChange({ q: q || undefined })} box={searchBox} />
        <StartConversation />
        <FilterPanel search={search} onChange={onChange} />
        <ViewsMenu search={search} onChange={onChange} />
        <Tooltip text={t(dense ? "list.comfortable" : "list.dense")}>
          <Button
            variant="ghost"
            size="icon"
            aria-label={t(dense ? "list.comfortable" : "list.dense")}
            onClick={() => onDense(!dense)}
          >
            <Density />
          </Button>
        </Tooltip>
      </div>
      {!search.q && <Tabs search={search} onChange={onChange} />}
      {!search.q && isFiltered(search) && <FilterSentence search={search} onClear={onClear} />}
      {selection && selection.ids.size > 0 && <BulkBar selection={selection} />}
    </div>
  );
}

/** Whose, with how many each; a search is not held to them. */
function Tabs({ search, onChange }: Pick<HeaderProps, "search" | "onChange">) {
  const { t } = useTranslation();
  const { data: counts } = useQuery(countsQuery(countParams(search)));
  return (
    <div role="tablist" aria-label={t("list.tabs")} className="flex px-2">
      {TABS.map((tab) => {
        const selected = !search.owner && (search.tab ?? "all") === tab;
        return (
          <button
            key={tab}
            type="button"
            role="tab"
            aria-selected={selected}
            onClick={() => onChange({ tab: tab === "all" ? undefined : tab, owner: undefined })}
            className={cn(
              "-mb-px flex h-9 min-w-0 flex-1 items-center justify-center gap-1.5 border-b-2 px-1 text-list font-medium",
              selected ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink",
            )}
          >
            <span className="truncate">{t(`list.tab.${tab}`)}</span>
            <span className="tabular min-w-5 text-xs text-muted">
              {counts && <Count value={counts[tab]} cap={counts.cap} />}
            </span>
          </button>
        );
      })}
    </div>
  );
}

/** Exact up to a cap; above it, that there are more. */
function Count({ value, cap }: { value: number; cap: number }) {
  const { i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  return value > cap ? `${number.format(cap)}+` : number.format(value);
}

interface SearchBoxProps {
  value: string;
  onChange: (q: string) => void;
  box: RefObject<HTMLInputElement | null>;
}

function SearchBox({ value, onChange, box }: SearchBoxProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const [sent, setSent] = useState(value);
  if (known !== value) {
    setKnown(value);
    // Changed by other means (back, clear): the box follows. Its own change must not undo newer typing.
    if (value !== sent) setText(value);
  }
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = window.setTimeout(() => {
      setSent(text.trim());
      onChange(text.trim());
    }, 250);
    return () => window.clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className="relative min-w-0 flex-1">
      <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted" />
      <Input
        ref={box}
        type="search"
        aria-label={t("list.search")}
        placeholder={t("list.placeholder")}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        className="h-8 pl-8"
      />
    </div>
  );
}
