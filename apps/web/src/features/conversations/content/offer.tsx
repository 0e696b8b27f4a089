/** What we offered to choose from: buttons, a list, a link, a form, products, a question for a place. */
import {
  ClipboardList,
  ExternalLink,
  List,
  type LucideIcon,
  MapPin,
  PhoneCall,
  Reply,
  ShoppingBag,
  UserRound,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { kindIcon, kindKey } from "../message-kind";
import { child, type Json, list, record, safeUrl, text } from "../payload";
import { richText } from "../rich-text";
import { OutLink } from "./out-link";

export function OfferContent({ message }: { message: Message }) {
  const interactive = child(message.payload, "interactive") ?? record(message.payload) ?? {};
  const action = child(interactive, "action") ?? {};
  const kind = text(interactive, "type") ?? "";
  const body = text(child(interactive, "body"), "text") ?? message.text;
  const footer = text(child(interactive, "footer"), "text");
  return (
    <div className="grid gap-1">
      <Header header={child(interactive, "header")} />
      {body && <p className="whitespace-pre-wrap">{richText(body)}</p>}
      {footer && <p className="text-list text-muted">{footer}</p>}
      <Choices kind={kind} action={action} />
    </div>
  );
}

function Header({ header }: { header: Json | null }) {
  const { t } = useTranslation();
  if (!header) return null;
  const type = text(header, "type") ?? "";
  const words = text(header, "text");
  if (words) return <p className="font-semibold">{words}</p>;
  const Icon = kindIcon(type);
  return (
    <p className="flex items-center gap-1.5 rounded-[6px] bg-bg/70 px-2 py-1 text-list text-muted">
      <Icon aria-hidden className="size-4 shrink-0" />
      {text(child(header, type), "filename") ?? t(kindKey(type))}
    </p>
  );
}

function Choices({ kind, action }: { kind: string; action: Json }) {
  const { t } = useTranslation();
  const parameters = child(action, "parameters");
  const url = safeUrl(parameters, "url");
  if (kind === "list") return <Sections action={action} />;
  if (kind === "cta_url") {
    return <Choice icon={ExternalLink} words={text(parameters, "display_text") ?? url ?? ""} url={url} />;
  }
  if (kind === "flow")
    return <Choice icon={ClipboardList} words={text(parameters, "flow_cta") ?? t("content.openForm")} />;
  if (kind === "location_request_message") return <Choice icon={MapPin} words={t("content.askLocation")} />;
  if (kind === "request_contact_info") return <Choice icon={UserRound} words={t("content.askContact")} />;
  if (kind === "call_permission_request") return <Choice icon={PhoneCall} words={t("content.askCall")} />;
  if (kind === "voice_call")
    return <Choice icon={PhoneCall} words={text(parameters, "display_text") ?? t("content.call")} />;
  if (kind === "product" || kind === "product_list" || kind === "catalog_message")
    return <Products action={action} />;
  if (kind === "carousel") return <Cards action={action} />;
  return list(action, "buttons").map((button) => {
    const words = text(child(button, "reply") ?? button, "title") ?? "";
    return <Choice key={words} icon={Reply} words={words} />;
  });
}

function Choice({ icon: Icon, words, url }: { icon: LucideIcon; words: string; url?: string | null }) {
  const inside = (
    <>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {words}
    </>
  );
  return (
    <p className="flex items-center justify-center gap-1.5 border-t border-line pt-1 text-accent">
      {url ? <OutLink href={url}>{inside}</OutLink> : inside}
    </p>
  );
}

function Sections({ action }: { action: Json }) {
  const { t } = useTranslation();
  return (
    <>
      {list(action, "sections").map((section, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sections may have the same title, or none
        <div key={index} className="border-t border-line pt-1">
          {text(section, "title") && (
            <p className="text-xs font-medium text-muted">{text(section, "title")}</p>
          )}
          <ul>
            {list(section, "rows").map((row) => (
              <li key={text(row, "id") ?? text(row, "title")} className="py-0.5">
                {text(row, "title")}
                {text(row, "description") && (
                  <span className="block text-list text-muted">{text(row, "description")}</span>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
      <Choice icon={List} words={text(action, "button") ?? t("content.options")} />
    </>
  );
}

function Products({ action }: { action: Json }) {
  const { t } = useTranslation();
  const single = text(action, "product_retailer_id");
  const items = list(action, "sections").flatMap((section) =>
    list(section, "product_items").flatMap((item) => text(item, "product_retailer_id") ?? []),
  );
  const products = single ? [single] : items;
  if (products.length === 0) return <Choice icon={ShoppingBag} words={t("content.catalog")} />;
  return (
    <ul className="border-t border-line pt-1">
      {products.map((product) => (
        <li key={product} className="flex items-center gap-1.5 text-list">
          <ShoppingBag aria-hidden className="size-3.5 shrink-0 text-muted" />
          <span className="font-mono">{product}</span>
        </li>
      ))}
    </ul>
  );
}

function Cards({ action }: { action: Json }) {
  return (
    <ol className="grid gap-1 border-t border-line pt-1 text-list">
      {list(action, "cards").map((card, index) => {
        const own = child(card, "action");
        const parameters = child(own, "parameters");
        const words = text(child(card, "body"), "text") ?? text(own, "product_retailer_id");
        const button = text(parameters, "display_text");
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a card is known by its place alone
          <li key={index} className="flex items-baseline gap-2">
            <span className="tabular shrink-0 text-muted">{index + 1}.</span>
            <span className="min-w-0">
              {words}
              {button && <span className="block text-accent">{button}</span>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
