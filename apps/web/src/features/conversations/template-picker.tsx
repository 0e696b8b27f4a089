/** Chooses one of the templates that a line may send, and shows it as the customer will see it. */
import { Command } from "cmdk";
import { ArrowLeftRight, FileText, Reply } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SendableTemplate } from "@/api/types";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { richText } from "./rich-text";
import { type Blank, blanksOf, buttonsOf, filledIn, partOf } from "./template-parts";

interface ChoiceProps {
  templates: SendableTemplate[];
  onPick: (template: SendableTemplate) => void;
}

export function TemplateChoice({ templates, onPick }: ChoiceProps) {
  const { t } = useTranslation();
  return (
    <Command label={t("templatePick.choose")} className="grid gap-1 rounded-md border border-line p-1">
      <Command.Input
        autoFocus
        placeholder={t("templatePick.search")}
        className="h-9 w-full rounded-[6px] border border-line bg-surface px-2 max-sm:text-[16px]"
      />
      <Command.List className="max-h-64 overflow-y-auto">
        <Command.Empty className="p-4 text-center text-muted">{t("templatePick.noneFound")}</Command.Empty>
        {templates.map((template) => {
          const isPossible = blanksOf(template) !== null;
          return (
            <Command.Item
              key={`${template.name} ${template.language}`}
              value={`${template.name} ${template.language} ${partOf(template, "body")}`}
              disabled={!isPossible}
              onSelect={() => onPick(template)}
              className="grid cursor-pointer gap-0.5 rounded-[6px] px-2 py-1.5 data-[disabled=true]:cursor-not-allowed data-[disabled=true]:opacity-60 data-[selected=true]:bg-raised"
            >
              <span className="flex items-center gap-2">
                <span className="min-w-0 flex-1 truncate font-mono text-list font-medium">
                  {template.name}
                </span>
                <span className="shrink-0 text-xs text-muted">
                  {template.language} ·{" "}
                  {t(`templatePick.category.${template.category.toLowerCase()}`, {
                    defaultValue: template.category,
                  })}
                </span>
              </span>
              <span className="line-clamp-2 text-list wrap-anywhere text-muted">
                {isPossible ? partOf(template, "body") : t("templatePick.tooMuch")}
              </span>
            </Command.Item>
          );
        })}
      </Command.List>
    </Command>
  );
}

interface FilledProps {
  template: SendableTemplate;
  blanks: Blank[];
  values: string[];
  onChange: (values: string[]) => void;
  onOther: () => void;
}

/** What a blank is called: by its number or name, by its file's kind, by its button. */
function useLabel(): (blank: Blank, template: SendableTemplate) => string {
  const { t } = useTranslation();
  return (blank, template) => {
    if (blank.kind === "link") return t("templatePick.link", { kind: t(`kind.${blank.name}`) });
    if (blank.part === "button") {
      return t("templatePick.ofButton", { button: buttonsOf(template)[blank.place] ?? blank.place + 1 });
    }
    return t("templatePick.blank", { name: blank.name });
  };
}

export function TemplateFilled({ template, blanks, values, onChange, onOther }: FilledProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const [touched, setTouched] = useState<ReadonlySet<number>>(new Set());
  const set = (place: number, value: string) =>
    onChange(blanks.map((_, at) => (at === place ? value : (values[at] ?? ""))));
  return (
    <>
      <div className="flex items-center gap-2 rounded-md border border-line bg-bg px-3 py-2">
        <FileText aria-hidden className="size-4 shrink-0 text-muted" />
        <span className="min-w-0 flex-1 truncate font-mono text-list">
          {template.name} · {template.language}
        </span>
        <Button size="sm" variant="ghost" onClick={onOther}>
          <ArrowLeftRight aria-hidden />
          {t("templatePick.other")}
        </Button>
      </div>
      {blanks.map((blank, place) => {
        const value = values[place] ?? "";
        const isMissing = touched.has(place) && !isFilled(blank, value);
        return (
          <Field
            key={`${blank.part} ${blank.place} ${blank.name}`}
            label={label(blank, template)}
            error={
              isMissing
                ? t(blank.kind === "link" ? "templatePick.noLink" : "templatePick.missing")
                : undefined
            }
          >
            {(field) => (
              <Input
                {...field}
                value={value}
                onBlur={() => setTouched((before) => new Set(before).add(place))}
                onChange={(event) => set(place, event.target.value)}
              />
            )}
          </Field>
        );
      })}
      <Preview template={template} blanks={blanks} values={values} />
    </>
  );
}

export function isFilled(blank: Blank, value: string): boolean {
  if (blank.kind === "link") return /^https:\/\/[^\s/]+\S*$/.test(value.trim());
  return value.trim() !== "";
}

function Preview({ template, blanks, values }: Pick<FilledProps, "template" | "blanks" | "values">) {
  const { t } = useTranslation();
  const header = filledIn(partOf(template, "header"), "header", blanks, values);
  const body = filledIn(partOf(template, "body"), "body", blanks, values);
  const file = blanks.find(({ kind }) => kind === "link");
  const footer = partOf(template, "footer");
  return (
    <section aria-label={t("templatePick.preview")} className="grid gap-1">
      <h3 className="text-list font-medium">{t("templatePick.preview")}</h3>
      <div className="grid max-w-80 gap-1 rounded-md border border-accent/25 bg-[color-mix(in_srgb,var(--accent)_11%,var(--surface))] px-3 py-2 wrap-anywhere">
        {file && (
          <p className="flex items-center gap-1.5 rounded-[6px] bg-bg/70 px-2 py-3 text-list text-muted">
            <FileText aria-hidden className="size-4 shrink-0" />
            {t(`kind.${file.name}`)}
          </p>
        )}
        {header && <p className="font-semibold">{header}</p>}
        <p className="whitespace-pre-wrap">{richText(body)}</p>
        {footer && <p className="text-list text-muted">{footer}</p>}
        {buttonsOf(template).map((words) => (
          <p
            key={words}
            className="flex items-center justify-center gap-1.5 border-t border-line pt-1 text-accent"
          >
            <Reply aria-hidden className="size-3.5" />
            {words}
          </p>
        ))}
      </div>
    </section>
  );
}
