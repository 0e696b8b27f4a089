/** What a brand colour becomes on the desk, light and dark, and whether it can be read. */
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { logoUrl } from "@/api/base";
import { contrast, correctAccent } from "@/lib/accent";
import { Card } from "@/ui/page";

const SCENES = {
  light: { background: "#f4f5f4", surface: "#ffffff", ink: "#15191c", line: "#dde1e2" },
  dark: { background: "#0f1315", surface: "#161b1e", ink: "#e7ebed", line: "#2a3237" },
} as const;

interface PreviewProps {
  name: string;
  logo: string;
  colour: string;
}

export function BrandingPreview({ name, logo, colour }: PreviewProps) {
  const { t, i18n } = useTranslation();
  const ratio = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  return (
    <Card title={t("branding.preview")}>
      <div className="grid gap-4 p-4">
        {(["light", "dark"] as const).map((theme) => {
          const scene = SCENES[theme];
          const result = correctAccent(colour, theme);
          if (!result) return null;
          const before = contrast(colour, scene.surface);
          const Icon = result.corrected ? TriangleAlert : CircleCheck;
          return (
            <figure key={theme} className="grid gap-2">
              <div
                className="rounded-md border p-4"
                style={{ background: scene.background, borderColor: scene.line, color: scene.ink }}
              >
                <div
                  className="flex items-center gap-3 rounded-md border p-3"
                  style={{ background: scene.surface, borderColor: scene.line }}
                >
                  {logo ? (
                    <img src={logoUrl(logo)} alt="" className="size-8 rounded-md object-contain" />
                  ) : (
                    <span
                      aria-hidden
                      className="flex size-8 items-center justify-center rounded-md font-semibold"
                      style={{ background: result.accent, color: result.ink }}
                    >
                      {name.slice(0, 1).toUpperCase()}
                    </span>
                  )}
                  <span className="min-w-0 flex-1 truncate font-semibold">{name}</span>
                  <span
                    className="rounded-md px-3 py-1.5 font-medium"
                    style={{ background: result.accent, color: result.ink }}
                  >
                    {t("composer.send")}
                  </span>
                </div>
                <p className="mt-3 text-list" style={{ color: result.accent }}>
                  {t("branding.sample")}
                </p>
              </div>
              <figcaption className="flex items-start gap-2 text-list text-muted">
                <Icon aria-hidden className={result.corrected ? "size-4 text-warn" : "size-4 text-ok"} />
                <span>
                  {t(`preferences.${theme}`)}:{" "}
                  {result.corrected
                    ? t("branding.corrected", { ratio: ratio.format(before), colour: result.accent })
                    : t("branding.readable", { ratio: ratio.format(before) })}
                </span>
              </figcaption>
            </figure>
          );
        })}
      </div>
    </Card>
  );
}
