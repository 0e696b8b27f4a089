/** Everything the list can be narrowed by, and its order. */
import { useQuery } from "@tanstack/react-query";
import { ListFilter } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { channelsQuery, tagsQuery, usersQuery } from "@/api/directory";
import { usePermission } from "@/api/use-session";
import { cn } from "@/lib/cn";
import { Button } from "@/ui/button";
import { Check, Field, Select } from "@/ui/field";
import { Popover } from "@/ui/menu";
import { type InboxSearch, isFiltered, SORTS, STATUSES, statusesOf, statusText, WINDOWS } from "./filters";

interface PanelProps {
  search: InboxSearch;
  onChange: (change: Partial<InboxSearch>) => void;
}

export function FilterPanel({ search, onChange }: PanelProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const canUsers = usePermission("chat.write");
  const { data: channels } = useQuery(channelsQuery);
  const { data: tags } = useQuery(tagsQuery);
  const { data: users } = useQuery({ ...usersQuery, enabled: canUsers });
  const statuses = statusesOf(search);
  const named = (items: { id: string; name: string }[] | undefined) =>
    (items ?? []).map(({ id, name }) => ({ value: id, words: name }));
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
      <div className="grid max-h-[70dvh] gap-3 overflow-y-auto p-2">
        <fieldset>
          <legend className="mb-1 text-list font-medium">{t("list.filter.status")}</legend>
          <div className="grid grid-cols-2 gap-1.5">
            {STATUSES.map((status) => (
              <Check
                key={status}
                label={t(`list.status.${status}`)}
                checked={statuses.includes(status)}
                onChange={(event) => {
                  const others = statuses.filter((one) => one !== status);
                  onChange({ status: statusText(event.target.checked ? [...others, status] : others) });
                }}
              />
            ))}
          </div>
        </fieldset>
        <Choice
          label={t("list.filter.line")}
          any={t("list.anyLine")}
          value={search.line}
          choices={named(channels?.items.map(({ id, display_name: name }) => ({ id, name })))}
          onChoose={(line) => onChange({ line })}
        />
        <Choice
          label={t("list.filter.tag")}
          any={t("list.anyTag")}
          value={search.tag}
          choices={named(tags?.items)}
          onChoose={(tag) => onChange({ tag })}
        />
        {canUsers && (
          <Choice
            label={t("list.filter.owner")}
            any={t("list.anyOwner")}
            value={search.owner}
            choices={named(users?.items)}
            onChoose={(owner) => onChange({ owner, ...(owner ? { tab: undefined } : {}) })}
          />
        )}
        <Choice
          label={t("list.filter.window")}
          any={t("list.anyWindow")}
          value={search.window}
          choices={WINDOWS.map((window) => ({ value: window, words: t(`list.window.${window}`) }))}
          onChoose={(chosen) => onChange({ window: WINDOWS.find((window) => window === chosen) })}
        />
        <Check
          label={t("list.filter.unread")}
          checked={search.unread ?? false}
          onChange={(e) => onChange({ unread: e.target.checked || undefined })}
        />
        <Choice
          label={t("list.sort.label")}
          any={t("list.sort.newest")}
          value={search.sort === "newest" ? undefined : search.sort}
          choices={SORTS.filter((sort) => sort !== "newest").map((sort) => ({
            value: sort,
            words: t(`list.sort.${sort}`),
          }))}
          onChoose={(chosen) => onChange({ sort: SORTS.find((sort) => sort === chosen) })}
        />
      </div>
    </Popover>
  );
}

interface ChoiceProps {
  label: string;
  /** What stands for no choice. */
  any: string;
  value: string | undefined;
  choices: { value: string; words: string }[];
  onChoose: (value: string | undefined) => void;
}

function Choice({ label, any, value, choices, onChoose }: ChoiceProps) {
  return (
    <Field label={label}>
      {(field) => (
        <Select
          {...field}
          value={value ?? ""}
          onChange={(event) => onChoose(event.target.value || undefined)}
        >
          <option value="">{any}</option>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.words}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
