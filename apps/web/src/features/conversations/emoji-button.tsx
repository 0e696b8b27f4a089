/** Emoji into the words. */
import { Smile } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Popover } from "@/ui/menu";
import { SkeletonRows } from "@/ui/states";

const EmojiPicker = lazy(async () => ({ default: (await import("./emoji-picker")).EmojiPicker }));

interface EmojiButtonProps {
  onPick: (emoji: string) => void;
  onClosed: () => void;
}

export function EmojiButton({ onPick, onClosed }: EmojiButtonProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t("emoji.title")}
      side="top"
      onClosed={(event) => {
        event.preventDefault();
        onClosed();
      }}
      className="w-84 p-2"
      trigger={
        <Button variant="ghost" size="icon" aria-label={t("emoji.title")} title={t("emoji.title")}>
          <Smile />
        </Button>
      }
    >
      <Suspense fallback={<SkeletonRows rows={4} />}>
        <EmojiPicker
          onPick={(emoji) => {
            onPick(emoji);
            setOpen(false);
          }}
        />
      </Suspense>
    </Popover>
  );
}
