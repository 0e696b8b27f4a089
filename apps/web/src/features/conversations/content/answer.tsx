/** What a customer chose or filled in: buttons, lists, forms, a permission to call, a product asked about. */
import { ClipboardList, type LucideIcon, MousePointerClick, PhoneCall, PhoneOff } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { formatFull } from "@/lib/time";
import { child, formFields, type Json, number, text } from "../payload";
import { ProductLine } from "./order";
import { UnknownContent } from "./unknown";

interface AnswerProps {
  message: Message;
  timeZone: string;
}

export function AnswerContent({ message, timeZone }: AnswerProps) {
  const { payload } = message;
  const button = child(payload, "button");
  if (button) return <Chosen title={text(button, "text") ?? message.text ?? ""} description={null} />;
  const interactive = child(payload, "interactive");
  const kind = text(interactive, "type") ?? "";
  const reply = child(interactive, kind);
  if (reply && kind === "nfm_reply") return <Form reply={reply} />;
  if (reply && kind === "call_permission_reply") return <CallPermission reply={reply} timeZone={timeZone} />;
  if (reply && kind === "product") return <ProductLine id={text(reply, "product_retailer_id")} />;
  const title = text(reply, "title") ?? message.text;
  if (!title) return <UnknownContent message={message} />;
  return <Chosen title={title} description={text(reply, "description")} />;
}

function Labelled({ icon: Icon, label, children }: { icon: LucideIcon; label: string; children: ReactNode }) {
  return (
    <div className="grid gap-0.5">
      <p className="flex items-center gap-1.5 text-xs text-muted">
        <Icon aria-hidden className="size-3.5 shrink-0" />
        {label}
      </p>
      {children}
    </div>
  );
}

function Chosen({ title, description }: { title: string; description: string | null }) {
  const { t } = useTranslation();
  return (
    <Labelled icon={MousePointerClick} label={t("content.chosen")}>
      <p className="font-medium whitespace-pre-wrap">{title}</p>
      {description && <p className="text-list whitespace-pre-wrap text-muted">{description}</p>}
    </Labelled>
  );
}

function Form({ reply }: { reply: Json }) {
  const { t } = useTranslation();
  const json = text(reply, "response_json");
  const fields = json ? formFields(json) : [];
  const body = text(reply, "body");
  return (
    <Labelled
      icon={ClipboardList}
      label={t(text(reply, "name") === "address_message" ? "content.address" : "content.form")}
    >
      {/* "Sent" is what WhatsApp writes when the form says nothing else. */}
      {body && body !== "Sent" && <p className="whitespace-pre-wrap">{body}</p>}
      {fields && fields.length > 0 && (
        <dl className="mt-1 grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-3 gap-y-0.5 border-t border-line pt-1 text-list">
          {fields.map(([name, value], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two fields may have one name
            <div key={index} className="col-span-2 grid grid-cols-subgrid">
              <dt className="text-muted">{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {!fields && json && <p className="max-h-48 overflow-y-auto font-mono text-xs text-muted">{json}</p>}
    </Labelled>
  );
}

function CallPermission({ reply, timeZone }: { reply: Json; timeZone: string }) {
  const { t, i18n } = useTranslation();
  const accepted = text(reply, "response") === "accept";
  const until = number(reply, "expiration_timestamp");
  const isAutomatic = text(reply, "response_source") === "automatic";
  return (
    <Labelled icon={accepted ? PhoneCall : PhoneOff} label={t("content.callPermission")}>
      <p className="font-medium">{t(accepted ? "content.callAccepted" : "content.callRejected")}</p>
      {accepted && reply["is_permanent"] === true && (
        <p className="text-list text-muted">{t("content.callPermanent")}</p>
      )}
      {accepted && until !== null && reply["is_permanent"] !== true && (
        <p className="text-list text-muted">
          {t("content.callUntil", {
            when: formatFull(new Date(until * 1000).toISOString(), i18n.language, timeZone),
          })}
        </p>
      )}
      {isAutomatic && <p className="text-list text-muted">{t("content.callAutomatic")}</p>}
    </Labelled>
  );
}
