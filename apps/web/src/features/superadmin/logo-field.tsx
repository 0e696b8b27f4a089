/** A tenant's own logo: brought from the computer, replaced, removed. */
import { ImageUp, Trash2 } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { logoUrl } from "@/api/base";
import { problemWords } from "@/lib/problem";
import { Button } from "@/ui/button";
import { toast } from "@/ui/toast";
import { useRemoveLogo, useUploadLogo } from "./platform-queries";

const MOST = 512 * 1024;

export function LogoField({ tenantId, logo }: { tenantId: string; logo: string | null }) {
  const { t } = useTranslation();
  const upload = useUploadLogo(tenantId);
  const remove = useRemoveLogo(tenantId);
  const input = useRef<HTMLInputElement>(null);
  const saved = { onSuccess: () => toast.success(t("toast.saved")) };

  function take(file: File | undefined): void {
    if (!file) return;
    if (file.size > MOST) toast.error(t("logo.tooLarge"));
    else upload.mutate(file, { ...saved, onError: (error) => toast.error(problemWords(error, t)) });
  }

  return (
    <div className="grid gap-1">
      <span className="text-list font-medium">{t("logo.own")}</span>
      <div className="flex flex-wrap items-center gap-2">
        {logo && (
          <img
            src={logoUrl(logo)}
            alt={t("logo.current")}
            className="size-12 rounded-md border border-line bg-white object-contain p-1"
          />
        )}
        <input
          ref={input}
          type="file"
          accept="image/png,image/jpeg,image/webp"
          aria-label={t("logo.choose")}
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
        <Button busy={upload.isPending} onClick={() => input.current?.click()}>
          <ImageUp aria-hidden />
          {t(logo ? "logo.replace" : "logo.upload")}
        </Button>
        {logo && (
          <Button variant="ghost" busy={remove.isPending} onClick={() => remove.mutate(undefined, saved)}>
            <Trash2 aria-hidden />
            {t("logo.remove")}
          </Button>
        )}
      </div>
      <p className="text-list text-muted">{t("logo.hint")}</p>
    </div>
  );
}
