/** Above the list: search, filters, tabs with live counts, and the filter in one sentence. */
import { useQuery } from "@tanstack/react-query";
import { ListFilter, Rows3, Rows4, Search, X } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { channelsQuery, tagsQuery } from "@/api/directory";
import { cn } from "@/lib/cn";
import { Button } from "@/ui/button";
import { Check, Field, Input, Select } from "@/ui/field";
import { Popover } from "@/ui/menu";
import { Tooltip } from "@/ui/tooltip";
import { type InboxSearch, isFiltered, STATUS_CHOICES, TABS } from "./filters";
import { countsQuery } from "./queries";
import { StartConversation } from "./start-conversation";

interface HeaderProps {
  search: InboxSearch;
  onChange: (change: Partial<InboxSearch>) => void;
  onClear: () => void;
  searchBox: RefObject<HTMLInputElement | null>;
  dense: boolean;
  onDense: (dense: boolean) => void;
}

export function ListHeader(props: HeaderProps) {
  const { search, onChange, onClear, searchBox, dense, onDense } = props;
  const { t } = useTranslation();
  const { data: counts } = useQuery(countsQuery);
  const Density = dense ? Rows3 : Rows4;
  return (
    <div className="border-b border-line">
      <div className="flex items-center gap-1.5 p-2">
        <SearchBox value={search.q ?? ""} onChange={(q) => onChange({ q: q || undefined })} box={searchBox} />
        <StartConversation />
        <Filters search={search} onChange={onChange} />
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
      <div role="tablist" aria-label={t("list.tabs")} className="flex px-2">
        {TABS.map((tab) => {
          const selected = (search.tab ?? "all") === tab;
          return (
            <button
              key={tab}
              type="button"
              role="tab"
              aria-selected={selected}
              onClick={() => onChange({ tab: tab === "all" ? undefined : tab })}
              className={cn(
                "-mb-px flex h-9 min-w-0 flex-1 items-center justify-center gap-1.5 border-b-2 px-1 text-list font-medium",
                selected ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink",
              )}
            >
              <span className="truncate">{t(`list.tab.${tab}`)}</span>
              <span className="tabular min-w-5 text-xs text-muted">{counts?.[tab] ?? ""}</span>
            </button>
          );
        })}
      </div>
      {isFiltered(search) && <FilterSentence search={search} onClear={onClear} />}
    </div>
  );
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
        placeholder={t("list.search")}
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

function Filters({ search, onChange }: Pick<HeaderProps, "search" | "onChange">) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { data: channels } = useQuery(channelsQuery);
  const { data: tags } = useQuery(tagsQuery);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t("list.filters")}
      trigger={
        <Button
          variant="ghost"
          size="icon"
          aria-label={t("list.filters")}
          className={cn(isFiltered(search) && "text-accent")}
        >
          <ListFilter />
        </Button>
      }
    >
      <div className="grid gap-3 p-2">
        <Field label={t("list.filter.status")}>
          {(field) => (
            <Select
              {...field}
              value={search.status ?? "active"}
              onChange={(event) => {
                const status = STATUS_CHOICES.find((choice) => choice === event.target.value);
                onChange({ status: status === "active" ? undefined : status });
              }}
            >
              {STATUS_CHOICES.map((status) => (
                <option key={status} value={status}>
                  {t(`list.status.${status}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t("list.filter.line")}>
          {(field) => (
            <Select
              {...field}
              value={search.line ?? ""}
              onChange={(e) => onChange({ line: e.target.value || undefined })}
            >
              <option value="">{t("list.anyLine")}</option>
              {channels?.items.map((channel) => (
                <option key={channel.id} value={channel.id}>
                  {channel.display_name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t("list.filter.tag")}>
          {(field) => (
            <Select
              {...field}
              value={search.tag ?? ""}
              onChange={(e) => onChange({ tag: e.target.value || undefined })}
            >
              <option value="">{t("list.anyTag")}</option>
              {tags?.items.map((tag) => (
                <option key={tag.id} value={tag.id}>
                  {tag.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Check
          label={t("list.filter.unread")}
          checked={search.unread ?? false}
          onChange={(e) => onChange({ unread: e.target.checked || undefined })}
        />
      </div>
    </Popover>
  );
}

function FilterSentence({ search, onClear }: Pick<HeaderProps, "search" | "onClear">) {
  const { t } = useTranslation();
  const { data: channels } = useQuery(channelsQuery);
  const { data: tags } = useQuery(tagsQuery);
  const line = channels?.items.find((channel) => channel.id === search.line);
  const tag = tags?.items.find((item) => item.id === search.tag || item.name === search.tag);
  const parts = [
    t(`list.sentence.${search.status ?? "active"}`),
    search.unread && t("list.sentence.unread"),
    search.line && t("list.sentence.line", { name: line?.display_name ?? "…" }),
    search.tag && t("list.sentence.tag", { name: tag?.name ?? "…" }),
    search.q && t("list.sentence.q", { q: search.q }),
  ].filter(Boolean);
  return (
    <p className="flex items-center gap-2 border-t border-line bg-bg px-3 py-1.5 text-list text-muted">
      <span className="min-w-0 flex-1">{parts.join(" ")}</span>
      <button
        type="button"
        onClick={onClear}
        className="inline-flex shrink-0 items-center gap-1 rounded-[4px] font-medium text-accent hover:underline"
      >
        <X aria-hidden className="size-3.5" />
        {t("list.clear")}
      </button>
    </p>
  );
}
