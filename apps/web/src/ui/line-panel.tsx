/** Opens a line's report below its row; what is asked for is asked when it opens. */
import { ChevronDown } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { Button } from "./button";

interface LinePanelProps {
  name: string;
  /** Stands below the row; the report says it as well. */
  headline: ReactNode;
  children: ReactNode;
}

export function LinePanel({ name, headline, children }: LinePanelProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={t("lineHealth.showOf", { name })}
        onClick={() => setOpen(!open)}
      >
        {t("lineHealth.show")}
        <ChevronDown aria-hidden className={cn("transition-transform duration-150", open && "rotate-180")} />
      </Button>
      <div className="w-full empty:hidden">{!open && headline}</div>
      {open && (
        <section
          id={id}
          aria-label={t("lineHealth.of", { name })}
          className="w-full border-t border-line py-3"
        >
          {children}
        </section>
      )}
    </>
  );
}
