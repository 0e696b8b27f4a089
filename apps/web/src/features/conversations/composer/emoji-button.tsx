/** Emoji into the words. */
import { Smile } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { part } from "@/ui/part";
import { SkeletonRows } from "@/ui/states";
import { ToolPopover } from "./tool-popover";

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
    <ToolPopover
      open={open}
      onOpenChange={setOpen}
      label={t("emoji.title")}
      icon={<Smile />}
      className="w-84 p-2"
      onClosed={onClosed}
    >
      <EmojiPicker
        onPick={(emoji) => {
          onPick(emoji);
          setOpen(false);
        }}
      />
    </ToolPopover>
  );
}
