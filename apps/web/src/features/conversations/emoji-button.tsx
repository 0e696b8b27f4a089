/** Emoji into the words. */
import { Smile } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Popover } from "@/ui/menu";
import { part } from "@/ui/part";
import { SkeletonRows } from "@/ui/states";

const EmojiPicker = part(
  "emoji-picker",
  async () => (await import("./emoji-picker")).EmojiPicker,
  <SkeletonRows rows={4} />,
);

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
      <EmojiPicker
        onPick={(emoji) => {
          onPick(emoji);
          setOpen(false);
        }}
      />
    </Popover>
  );
}
