/** The tools of an answer: files, emoji, quick replies, later, and what is a message of its own. */
import { List, MapPin, Plus, UserRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, MessageBody } from "@/api/types";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { dialogPart } from "@/ui/part";
import { cardBody, locationBody, offerBody } from "../compose";
import type { Draft } from "../drafts";
import { AttachButton } from "./attachment";
import { EmojiButton } from "./emoji-button";
import { QuickReplyPicker } from "./quick-reply-picker";
import { ScheduleButton } from "./schedule";

const LocationDialog = dialogPart(
  "location-dialog",
  async () => (await import("./location-dialog")).LocationDialog,
);
const CardDialog = dialogPart("card-dialog", async () => (await import("./card-dialog")).CardDialog);
const OfferDialog = dialogPart("offer-dialog", async () => (await import("./offer-dialog")).OfferDialog);

const BESIDE = [
  { what: "location", icon: MapPin },
  { what: "card", icon: UserRound },
  { what: "offer", icon: List },
] as const;

interface ReplyToolsProps {
  conversation: Conversation;
  timeZone: string;
  /** What stands beside whatever is sent. */
  around: Pick<Draft, "quote" | "sendAt">;
  quick: "typed" | "asked" | null;
  onQuick: (quick: "typed" | "asked" | null) => void;
  onFiles: (files: File[]) => void;
  /** Called with words for where the caret is, and how many characters before it they replace. */
  onInsert: (words: string, before?: number) => void;
  onSend: (body: MessageBody) => void;
  onSchedule: (at: string) => void;
  /** Called when a tool has been put away. */
  onClosed: () => void;
}

export function ReplyTools(props: ReplyToolsProps) {
  const { conversation, timeZone, around, quick, onQuick, onInsert, onSend, onClosed } = props;
  const { t } = useTranslation();
  const [beside, setBeside] = useState<(typeof BESIDE)[number]["what"] | null>(null);
  const send = (body: MessageBody) => {
    setBeside(null);
    onSend(body);
  };
  const dialog = { onClose: () => setBeside(null), onClosed };
  return (
    <>
      <AttachButton onFiles={props.onFiles} />
      <EmojiButton onPick={(emoji) => onInsert(emoji)} onClosed={onClosed} />
      <QuickReplyPicker
        conversationId={conversation.id}
        open={quick !== null}
        onOpenChange={(open) => {
          onQuick(open ? "asked" : null);
          // The "/" only opened it: whoever leaves has not written it.
          if (!open && quick === "typed") onInsert("", 1);
        }}
        onPick={(filled) => {
          onQuick(null);
          onInsert(filled, quick === "typed" ? 1 : 0);
        }}
        onNone={() => {
          onQuick(null);
          onInsert(" ");
        }}
        onClosed={onClosed}
      />
      <ScheduleButton
        timeZone={timeZone}
        windowEnd={conversation.window_expires_at}
        onPick={props.onSchedule}
        onClosed={onClosed}
      />
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("beside.more")} title={t("beside.more")}>
            <Plus />
          </Button>
        }
      >
        {BESIDE.map(({ what, icon: Icon }) => (
          <MenuItem key={what} onSelect={() => setBeside(what)}>
            <Icon />
            {t(`beside.${what}`)}
          </MenuItem>
        ))}
      </Menu>
      {beside === "location" && (
        <LocationDialog {...dialog} onSubmit={(place) => send(locationBody(place, around))} />
      )}
      {beside === "card" && <CardDialog {...dialog} onSubmit={(card) => send(cardBody(card, around))} />}
      {beside === "offer" && <OfferDialog {...dialog} onSubmit={(offer) => send(offerBody(offer, around))} />}
    </>
  );
}
