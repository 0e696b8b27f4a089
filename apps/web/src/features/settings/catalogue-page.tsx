/** A list of the catalogue: searched, put in order, switched off, removed. What a row and its form hold is its own. */
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import {
  ArrowDown,
  ArrowUp,
  Ellipsis,
  Eye,
  EyeOff,
  type LucideIcon,
  Pencil,
  Plus,
  Trash2,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePermission } from "@/api/use-session";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Input, Select } from "@/ui/field";
import { LoadMore } from "@/ui/load-more";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import type { CatalogueFilter } from "./tenant-settings";

interface Entry {
  id: string;
  code: string;
  name: string;
  is_active: boolean;
}

interface CatalogueWords {
  title: string;
  text: string;
  empty: string;
  create: string;
  deleteText: string;
}

interface CataloguePageProps<T extends Entry> {
  words: CatalogueWords;
  icon: LucideIcon;
  filter: CatalogueFilter;
  onFilter: (filter: CatalogueFilter) => void;
  list: UseInfiniteQueryResult<{ pages: { items: T[] }[] }>;
  row: (item: T) => ReactNode;
  form: (item: T | null, onClose: () => void) => ReactNode;
  onPatch: (id: string, change: { is_active?: boolean; position?: number }) => void;
  onDelete: (id: string, onSettled: () => void) => void;
  deleting: boolean;
}

export function CataloguePage<T extends Entry>(props: CataloguePageProps<T>) {
  const { words, icon, filter, list, row, form, onFilter } = props;
  const { t } = useTranslation();
  const canWrite = usePermission("settings.write");
  const [editing, setEditing] = useState<T | "new" | null>(null);
  const [removing, setRemoving] = useState<T | null>(null);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = filter.q !== "" || filter.active !== undefined;
  const add = canWrite && (
    <Button variant="primary" onClick={() => setEditing("new")}>
      <Plus aria-hidden />
      {words.create}
    </Button>
  );
  return (
    <Page title={words.title} text={words.text} actions={add}>
      <Filters filter={filter} onFilter={onFilter} />
      <Card>
        {list.isPending ? (
          <SkeletonRows height="h-16" />
        ) : list.isError && items.length === 0 ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={icon} text={filtered ? t("catalogue.none") : words.empty}>
            {filtered ? (
              <Button onClick={() => onFilter({ q: "", active: undefined })}>{t("list.clear")}</Button>
            ) : (
              add
            )}
          </EmptyState>
        ) : (
          <>
            <ul className="divide-y divide-line">
              {items.map((item, index) => (
                <li key={item.id} className="flex min-h-16 items-center gap-3 px-4 py-2">
                  <div className="min-w-0 flex-1">{row(item)}</div>
                  {!item.is_active && <Badge tone="warn">{t("catalogue.inactive")}</Badge>}
                  {canWrite && (
                    <EntryMenu
                      item={item}
                      // A place is one of the whole list: what is filtered has none.
                      place={filtered ? null : index + 1}
                      last={index + 1 === items.length && !list.hasNextPage}
                      onEdit={() => setEditing(item)}
                      onRemove={() => setRemoving(item)}
                      onPatch={(change) => props.onPatch(item.id, change)}
                    />
                  )}
                </li>
              ))}
            </ul>
            <LoadMore query={list} />
          </>
        )}
      </Card>
      {editing && form(editing === "new" ? null : editing, () => setEditing(null))}
      <Confirm
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={t("catalogue.delete", { name: removing?.name ?? "" })}
        text={words.deleteText}
        verb={t("action.delete")}
        busy={props.deleting}
        onConfirm={() => {
          if (removing) props.onDelete(removing.id, () => setRemoving(null));
        }}
      />
    </Page>
  );
}

function Filters({ filter, onFilter }: Pick<CataloguePageProps<Entry>, "filter" | "onFilter">) {
  const { t } = useTranslation();
  const active = filter.active === undefined ? "" : String(filter.active);
  return (
    <div className="mb-3 grid gap-2 sm:grid-cols-[minmax(0,1fr)_12rem]">
      <Input
        type="search"
        aria-label={t("catalogue.search")}
        placeholder={t("catalogue.search")}
        value={filter.q}
        onChange={(event) => onFilter({ ...filter, q: event.target.value })}
      />
      <Select
        aria-label={t("catalogue.state")}
        value={active}
        onChange={(event) => {
          const value = event.target.value;
          onFilter({ ...filter, active: value === "" ? undefined : value === "true" });
        }}
      >
        <option value="">{t("catalogue.all")}</option>
        <option value="true">{t("catalogue.onlyActive")}</option>
        <option value="false">{t("catalogue.onlyInactive")}</option>
      </Select>
    </div>
  );
}

interface EntryMenuProps {
  item: Entry;
  place: number | null;
  last: boolean;
  onEdit: () => void;
  onRemove: () => void;
  onPatch: (change: { is_active?: boolean; position?: number }) => void;
}

function EntryMenu({ item, place, last, onEdit, onRemove, onPatch }: EntryMenuProps) {
  const { t } = useTranslation();
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t("action.more", { name: item.name })}>
          <Ellipsis />
        </Button>
      }
    >
      <MenuItem onSelect={onEdit}>
        <Pencil />
        {t("action.edit")}
      </MenuItem>
      {place !== null && (
        <>
          <MenuItem disabled={place === 1} onSelect={() => onPatch({ position: place - 1 })}>
            <ArrowUp />
            {t("catalogue.up")}
          </MenuItem>
          <MenuItem disabled={last} onSelect={() => onPatch({ position: place + 1 })}>
            <ArrowDown />
            {t("catalogue.down")}
          </MenuItem>
        </>
      )}
      <MenuItem onSelect={() => onPatch({ is_active: !item.is_active })}>
        {item.is_active ? <EyeOff /> : <Eye />}
        {t(item.is_active ? "catalogue.deactivate" : "catalogue.activate")}
      </MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={onRemove}>
        <Trash2 />
        {t("action.delete")}
      </MenuItem>
    </Menu>
  );
}
