/** The button that saves a message's file. */
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { Button } from "@/ui/button";
import { fileName, useSaveFile } from "./media-file";

export function SaveFile({ message }: { message: Message }) {
  const { t } = useTranslation();
  const name = fileName(message);
  const save = useSaveFile(message, name);
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={t("media.save", { name })}
      disabled={save.isPending}
      onClick={() => save.mutate()}
    >
      <Download aria-hidden />
    </Button>
  );
}
