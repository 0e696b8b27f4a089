/** The inside of a bubble, by the message's type; and what stands above it whatever the type. */
import { Forward, Megaphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { NoteWords } from "../composer/mentions";
import { MediaContent } from "../media";
import { kindIcon, kindKey } from "../message-kind";
import { child, safeUrl, text } from "../payload";
import { richText } from "../rich-text";
import { AnswerContent } from "./answer";
import { ContactsContent } from "./cards";
import { LocationContent } from "./location";
import { OfferContent } from "./offer";
import { OrderContent, ProductLine } from "./order";
import { OutLink } from "./out-link";
import { TemplateContent } from "./template";
import { UnknownContent } from "./unknown";

interface ContentProps {
  message: Message;
  canWrite: boolean;
  timeZone: string;
}

export function Content(props: ContentProps) {
  const { message } = props;
  const product = child(child(message.payload, "context"), "referred_product");
  return (
    <>
      <Forwarded payload={message.payload} />
      <Referral payload={message.payload} />
      {product && <ProductLine id={text(product, "product_retailer_id")} />}
      <OfType {...props} />
    </>
  );
}

/** Types whose words are all there is to show. */
const WORDS = new Set(["text", "note"]);
const FILES = new Set(["image", "video", "audio", "voice", "document", "sticker"]);

function OfType({ message, canWrite, timeZone }: ContentProps) {
  const { type, direction } = message;
  if (message.media) {
    return (
      <>
        <MediaContent message={message} media={message.media} canWrite={canWrite} />
        {/* A file without words goes by its name, which its card shows. */}
        {message.text !== message.media.filename && <Words message={message} />}
      </>
    );
  }
  if (direction === "note" || (WORDS.has(type) && message.text)) return <Words message={message} />;
  if (type === "location") return <LocationContent message={message} />;
  if (type === "contacts") return <ContactsContent message={message} />;
  if (type === "order") return <OrderContent message={message} />;
  if (type === "button" || (type === "interactive" && direction === "in")) {
    return <AnswerContent message={message} timeZone={timeZone} />;
  }
  if (type === "template" && direction === "out") return <TemplateContent message={message} />;
  if (type === "interactive" && direction === "out" && message.payload)
    return <OfferContent message={message} />;
  if (FILES.has(type) || WORDS.has(type) || type === "interactive" || type === "template")
    return <Named message={message} />;
  return <UnknownContent message={message} />;
}

function Words({ message }: { message: Message }) {
  if (!message.text) return null;
  const isNote = message.direction === "note";
  return (
    <p className="whitespace-pre-wrap">
      {isNote ? <NoteWords text={message.text} payload={message.payload} /> : richText(message.text)}
    </p>
  );
}

/** A type by its name, where the file or the text is not there. */
function Named({ message }: { message: Message }) {
  const { t } = useTranslation();
  const Icon = kindIcon(message.type);
  // A file of ours may lie at an address instead of here.
  const link = message.direction === "out" ? safeUrl(child(message.payload, message.type), "link") : null;
  return (
    <>
      <p className="flex items-center gap-1.5 text-list text-muted">
        <Icon aria-hidden className="size-4 shrink-0" />
        {link ? <OutLink href={link}>{t(kindKey(message.type))}</OutLink> : t(kindKey(message.type))}
      </p>
      <Words message={message} />
    </>
  );
}

function Forwarded({ payload }: { payload: unknown }) {
  const { t } = useTranslation();
  const context = child(payload, "context");
  const often = context?.["frequently_forwarded"] === true;
  if (!often && context?.["forwarded"] !== true) return null;
  return (
    <p className="flex items-center gap-1 text-xs text-muted italic">
      <Forward aria-hidden className="size-3 shrink-0" />
      {t(often ? "content.forwardedOften" : "content.forwarded")}
    </p>
  );
}

/** The ad or post the customer came from. Its picture is not loaded: that would tell its host who reads. */
function Referral({ payload }: { payload: unknown }) {
  const { t } = useTranslation();
  const referral = child(payload, "referral");
  if (!referral) return null;
  const headline = text(referral, "headline");
  const body = text(referral, "body");
  const url = safeUrl(referral, "source_url");
  return (
    <div className="mb-1 grid gap-0.5 rounded-[6px] border-l-2 border-accent bg-bg/70 px-2 py-1 text-list">
      <p className="flex items-center gap-1.5 text-muted">
        <Megaphone aria-hidden className="size-3.5 shrink-0" />
        {t(text(referral, "source_type") === "post" ? "content.fromPost" : "content.fromAd")}
      </p>
      {headline && <p className="font-medium">{headline}</p>}
      {body && <p className="line-clamp-3 text-muted">{body}</p>}
      {url && (
        <p>
          <OutLink href={url}>{t("content.openPage")}</OutLink>
        </p>
      )}
    </div>
  );
}
