/** The box for words: grows, sends with Enter, takes pasted files. */
import { type ReactNode, type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { Button } from "@/ui/button";
import { MAX_TEXT } from "../compose";

interface WritingBoxProps {
  box: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
  onSubmit: () => void;
  /** The same, and then this conversation is done with; without it that is the same as sending. */
  onDone?: () => void;
  label: string;
  placeholder: string;
  verb: string;
  icon: ReactNode;
  max?: number;
  /** Whether there is something to send; the words decide if it is not said. */
  ready?: boolean;
  busy?: boolean;
  note?: boolean;
  /** Called with what is pasted. */
  onFiles?: (files: File[]) => void;
  /** A button beside the one that sends. */
  beside?: ReactNode;
  /** Called with where the caret is, as it moves. */
  onCaret?: (at: number) => void;
  /** Called with a key before the box does anything about it; true: it is dealt with. */
  onKey?: (key: string) => boolean;
  /** What the box is said to belong to. */
  described?: { "aria-controls"?: string; "aria-activedescendant"?: string };
}

export function WritingBox(props: WritingBoxProps) {
  const { box, text, onText, onSubmit, label, placeholder, verb, icon, busy, note, onFiles } = props;
  const { t } = useTranslation();
  const [composing, setComposing] = useState(false);
  const max = props.max ?? MAX_TEXT;
  const left = max - text.length;
  return (
    <form
      className="flex items-end gap-1.5 p-3 pt-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <div className="min-w-0 flex-1">
        <textarea
          ref={box}
          rows={1}
          value={text}
          maxLength={MAX_TEXT}
          aria-label={label}
          {...props.described}
          placeholder={placeholder}
          onChange={(event) => onText(event.target.value)}
          onSelect={(event) => props.onCaret?.(event.currentTarget.selectionStart)}
          onPaste={(event) => {
            const files = [...event.clipboardData.files];
            if (files.length === 0 || !onFiles) return;
            event.preventDefault();
            onFiles(files);
          }}
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
          onKeyDown={(event) => {
            if (!composing && !event.shiftKey && props.onKey?.(event.key)) {
              event.preventDefault();
              event.stopPropagation();
              return;
            }
            if (event.key === "Escape") event.currentTarget.blur();
            if (event.key !== "Enter" || event.shiftKey || composing) return;
            event.preventDefault();
            if (event.ctrlKey || event.metaKey) (props.onDone ?? onSubmit)();
            else onSubmit();
          }}
          className={cn(
            "block max-h-48 min-h-10 w-full resize-none rounded-md border border-line bg-bg px-3 py-2 [field-sizing:content] max-sm:text-[16px]",
            note && "border-note-line bg-surface placeholder:text-note",
          )}
        />
        {left < 200 && (
          <p className={cn("tabular mt-1 text-xs", left < 0 ? "text-bad" : "text-muted")}>
            {left < 0 ? t("composer.over", { count: -left }) : t("composer.left", { count: left })}
          </p>
        )}
      </div>
      {props.beside}
      <Button
        type="submit"
        variant={note ? "secondary" : "primary"}
        disabled={!(props.ready ?? text.trim() !== "") || left < 0}
        busy={busy ?? false}
        className={cn("h-10", note && "border-note-line text-note")}
      >
        {icon}
        <span className="max-sm:sr-only">{verb}</span>
      </Button>
    </form>
  );
}
