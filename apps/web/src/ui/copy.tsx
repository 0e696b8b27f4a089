/** A value in mono type that can be copied with one press. */
import { Check, Copy as CopyIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { toast } from "@/ui/toast";

interface CopyProps {
  value: string;
  /** Every character is shown, on several lines if need be: it may have to be typed. */
  whole?: boolean;
  className?: string;
}

export function Copy({ value, whole, className }: CopyProps) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value);
      setDone(true);
      window.setTimeout(() => setDone(false), 1500);
    } catch {
      toast.error(t("toast.copyFailed"));
    }
  }
  const Icon = done ? Check : CopyIcon;
  return (
    <button
      type="button"
      onClick={() => void copy()}
      aria-label={done ? t("action.copied", { value }) : t("action.copyValue", { value })}
      className={cn(
        "inline-flex max-w-full items-center gap-1.5 rounded-[6px] font-mono text-list text-muted hover:text-ink",
        className,
      )}
    >
      <span className={whole ? "break-all" : "truncate"}>{value}</span>
      <Icon aria-hidden className={cn("size-3.5 shrink-0", done && "text-ok")} />
    </button>
  );
}
