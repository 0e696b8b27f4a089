/** Ctrl/⌘ K: opens the palette. It is fetched once the desk stands; what is written before it is there is kept. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { withTexts } from "@/lib/i18n";
import type { PaletteActions, Palette as PaletteType } from "./palette";

const focus = (box: HTMLInputElement | null) => box?.focus();

export function PaletteKey({ actions }: { actions: PaletteActions }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [early, setEarly] = useState("");
  // Not by Suspense: a box that appears a moment after its key loses the first letters.
  const [Palette, setPalette] = useState<typeof PaletteType | null>(null);
  useEffect(() => {
    let isHere = true;
    void withTexts(import("./palette")).then((module) => isHere && setPalette(() => module.Palette));
    function onKey(event: KeyboardEvent): void {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      setOpen((was) => !was);
    }
    window.addEventListener("keydown", onKey);
    return () => {
      isHere = false;
      window.removeEventListener("keydown", onKey);
    };
  }, []);
  if (Palette) return <Palette actions={actions} open={open} onOpenChange={setOpen} early={early} />;
  if (!open) return null;
  return (
    <div
      role="dialog"
      aria-label={t("nav.search")}
      className="fixed inset-x-2 top-[12dvh] z-50 mx-auto max-w-xl rounded-md border border-line bg-surface shadow-lg"
    >
      <input
        ref={focus}
        aria-label={t("nav.search")}
        value={early}
        onChange={(event) => setEarly(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && setOpen(false)}
        className="h-12 w-full bg-transparent px-4 text-base outline-none"
      />
    </div>
  );
}
