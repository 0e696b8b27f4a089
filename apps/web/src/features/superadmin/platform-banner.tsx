/** What is wrong with the platform as a whole, above every page of it. */
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { platformQuery } from "./queries";

export function PlatformBanner() {
  const { t } = useTranslation();
  const { data } = useQuery(platformQuery);
  if (!data) return null;
  const lines = [
    data.unsigned_channels > 0 && t("platform.unsigned", { count: data.unsigned_channels }),
    ...data.warnings
      // The count above already says it, with the number.
      .filter((warning) => !(data.unsigned_channels > 0 && warning.includes("unsigned")))
      .map((warning) => t(`warning.${warning}`, { defaultValue: warning })),
  ].filter(Boolean);
  if (lines.length === 0) return null;
  return (
    <div role="status" className="border-b border-line bg-note-bg py-2 text-ink">
      {lines.map((line) => (
        <p key={String(line)} className="mx-auto flex max-w-5xl items-start gap-2 px-4 sm:px-6">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-note" />
          {line}
        </p>
      ))}
    </div>
  );
}
