/** The ranges of one day: from, to, add, take away. */
import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { OpenRange } from "@/api/types";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { endFromField, endToField, nextRange } from "./general";

interface RangesEditorProps {
  /** Whose ranges, for whoever does not see the row. */
  name: string;
  ranges: OpenRange[];
  disabled: boolean;
  /** What the server says, by pointer; `at` is where these ranges stand. */
  errors: Record<string, string>;
  at: string;
  onChange: (ranges: OpenRange[]) => void;
}

export function RangesEditor({ name, ranges, disabled, errors, at, onChange }: RangesEditorProps) {
  const { t } = useTranslation();
  const set = (place: number, change: Partial<OpenRange>) =>
    onChange(ranges.map((range, index) => (index === place ? { ...range, ...change } : range)));
  return (
    <div className="grid gap-1.5">
      {ranges.length === 0 && <p className="flex h-9 items-center text-muted">{t("general.hours.closed")}</p>}
      {ranges.map((range, place) => {
        const error =
          errors[`${at}/${place}`] ?? errors[`${at}/${place}/from`] ?? errors[`${at}/${place}/to`];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a range is known by its place, as the server names it
          <div key={place}>
            <div className="flex items-center gap-1.5">
              <Input
                type="time"
                className="tabular max-w-36 min-w-0 flex-1 px-2"
                aria-label={t("general.hours.from", { name, place: place + 1 })}
                aria-invalid={error ? true : undefined}
                required
                disabled={disabled}
                value={range.from}
                onChange={(event) => set(place, { from: event.target.value })}
              />
              <span aria-hidden className="text-muted">
                –
              </span>
              <Input
                type="time"
                className="tabular max-w-36 min-w-0 flex-1 px-2"
                aria-label={t("general.hours.to", { name, place: place + 1 })}
                aria-invalid={error ? true : undefined}
                required
                disabled={disabled}
                value={endToField(range.to)}
                onChange={(event) => set(place, { to: endFromField(event.target.value) })}
              />
              {!disabled && (
                <Button
                  variant="ghost"
                  size="icon"
                  aria-label={t("general.hours.remove", { name, place: place + 1 })}
                  onClick={() => onChange(ranges.filter((_, index) => index !== place))}
                >
                  <X />
                </Button>
              )}
            </div>
            {error && (
              <p role="alert" className="mt-0.5 text-list text-bad">
                {error}
              </p>
            )}
          </div>
        );
      })}
      {!disabled && ranges.length < 12 && (
        <Button
          size="sm"
          variant="ghost"
          className="justify-self-start"
          aria-label={t("general.hours.addTo", { name })}
          onClick={() => onChange([...ranges, nextRange(ranges)])}
        >
          <Plus />
          {t("general.hours.add")}
        </Button>
      )}
    </div>
  );
}
