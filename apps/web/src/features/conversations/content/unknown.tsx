/** What WhatsApp does not hand over, or what this desk does not know yet: calmly said, the data at hand. */
import { MessageSquareDashed } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { Disclosure } from "../disclosure";
import { child, list, text } from "../payload";

export function UnknownContent({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { payload } = message;
  const error = list(payload, "errors")[0];
  const isRefused = message.type === "unsupported" || error !== undefined;
  const inner = text(child(payload, "unsupported"), "type");
  const what = inner ? t(`content.inner.${inner}`, { defaultValue: "" }) : "";
  const title = text(child(error, "error_data"), "details") ?? text(error, "title");
  return (
    <div className="grid gap-1">
      <p className="flex items-start gap-2">
        <MessageSquareDashed aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
        <span className="min-w-0">
          <span className="block">
            {what || t(isRefused ? "content.unsupported" : "content.unknown", { type: message.type })}
          </span>
          <span className="block text-list text-muted">
            {t(isRefused ? "content.unsupportedAdvice" : "content.unknownAdvice")}
          </span>
          {title && <span className="block text-list text-muted">{t("content.says", { title })}</span>}
        </span>
      </p>
      {message.text && <p className="whitespace-pre-wrap">{message.text}</p>}
      {payload !== null && (
        <Disclosure label={t("thread.raw")}>
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
            tabIndex={0}
            className="max-h-48 overflow-auto rounded-[6px] bg-bg p-2 font-mono text-xs text-muted"
          >
            {JSON.stringify(payload, null, 2)}
          </pre>
        </Disclosure>
      )}
    </div>
  );
}
