/** A template that was sent: its name, and what was filled into it. Its words are at WhatsApp. */
import { FileText } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { child, list, text } from "../payload";

/** The words of one parameter, whatever its kind. */
function wordsOf(parameter: unknown): string | null {
  const type = text(parameter, "type") ?? "";
  const inner = child(parameter, type);
  return (
    text(parameter, "text") ??
    text(parameter, "payload") ??
    text(parameter, "coupon_code") ??
    text(inner, "fallback_value") ??
    text(inner, "filename") ??
    text(inner, "link") ??
    (inner ? type : null)
  );
}

function partsOf(template: unknown): { part: string; values: [string, string][] }[] {
  return list(template, "components").flatMap((component) => {
    const part = text(component, "type")?.toLowerCase() ?? "";
    const values = list(component, "parameters").flatMap((parameter, index): [string, string][] => {
      const value = wordsOf(parameter);
      return value === null ? [] : [[text(parameter, "parameter_name") ?? String(index + 1), value]];
    });
    return values.length > 0 ? [{ part, values }] : [];
  });
}

export function TemplateContent({ message }: { message: Message }) {
  const { t } = useTranslation();
  const template = child(message.payload, "template");
  const name = text(template, "name") ?? message.text;
  const language = text(child(template, "language"), "code");
  const parts = partsOf(template);
  return (
    <div className="grid gap-1">
      <p className="flex items-center gap-1.5 text-xs text-muted">
        <FileText aria-hidden className="size-3.5 shrink-0" />
        {t("kind.template")}
        {language && ` · ${language}`}
      </p>
      <p className="font-mono text-list">{name}</p>
      {parts.length > 0 && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 border-t border-line pt-1 text-list">
          {parts.map(({ part, values }, index) =>
            values.map(([key, value]) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two buttons have the same part and place
              <div key={`${index}-${key}`} className="col-span-2 grid grid-cols-subgrid">
                <dt className="text-muted">
                  {part === "body" ? `{{${key}}}` : t(`content.part.${part}`, { defaultValue: part })}
                </dt>
                <dd className="wrap-anywhere">{value}</dd>
              </div>
            )),
          )}
        </dl>
      )}
    </div>
  );
}
