/** Beside the thread: the contact, his line, tags, owner and dates. */
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Conversation } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { withTexts } from "@/lib/i18n";
import { formatFull } from "@/lib/time";
import { Avatar, TagChip } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Copy } from "@/ui/copy";
import { part } from "@/ui/part";
import { Skeleton } from "@/ui/states";
import { AssignMenu } from "./assign-menu";
import { contactName, formatPhone } from "./names";
import { TagEditor } from "./tag-editor";
import { WindowRing } from "./window-ring";

const ContactCard = part(
  "contact-card",
  async () => (await withTexts(import("@/features/contact/contact-card"))).ContactCard,
  <Skeleton className="m-4 h-40" />,
);

export function Details({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const canWrite = usePermission("chat.write");
  const { contact, channel, tags } = conversation;
  const when = (at: string) => <time dateTime={at}>{formatFull(at, i18n.language, timeZone)}</time>;
  return (
    <aside aria-label={t("details.label")} className="flex h-full flex-col overflow-y-auto bg-surface">
      <div className="flex h-14 shrink-0 items-center justify-between border-b border-line px-4">
        <h2 className="font-semibold">{t("details.label")}</h2>
        <Button variant="ghost" size="icon" aria-label={t("details.fold")} onClick={onClose}>
          <X />
        </Button>
      </div>
      <div className="flex flex-col items-center gap-1 border-b border-line px-4 py-5 text-center">
        <Avatar name={contactName(contact)} seed={contact.id} size="lg" />
        <p className="mt-2 font-semibold wrap-anywhere">{contactName(contact)}</p>
        {contact.phone && <Copy value={formatPhone(contact.phone)} />}
      </div>
      <dl className="grid gap-4 p-4">
        <Entry label={t("details.owner")}>
          <AssignMenu conversation={conversation} />
        </Entry>
        <Entry label={t("details.status")}>
          {t(`conversationStatus.${conversation.status}`)}
          {conversation.status === "snoozed" && conversation.snoozed_until && (
            <span className="block text-list text-muted">
              {t("details.until")} {when(conversation.snoozed_until)}
            </span>
          )}
        </Entry>
        <Entry label={t("details.window")}>
          <WindowRing expiresAt={conversation.window_expires_at} />
        </Entry>
        <Entry label={t("details.tags")}>
          <div className="flex flex-wrap items-center gap-1.5">
            {tags.map((tag) => (
              <TagChip key={tag.id} name={tag.name} color={tag.color} />
            ))}
            {canWrite ? <TagEditor conversation={conversation} /> : tags.length === 0 && t("tags.none")}
          </div>
        </Entry>
        <Entry label={t("details.line")}>
          {channel.display_name}
          <Copy value={channel.phone_number_id} className="flex text-xs" />
        </Entry>
        <Entry label={t("details.lastActivity")}>{when(conversation.last_activity_at)}</Entry>
        <Entry label={t("details.created")}>{when(conversation.created_at)}</Entry>
        {contact.user_key && (
          <Entry label={t("details.userKey")}>
            <Copy value={contact.user_key} />
          </Entry>
        )}
      </dl>
      <ContactCard key={conversation.contact.id} conversation={conversation} />
    </aside>
  );
}

function Entry({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <dt className="text-xs font-medium text-muted">{label}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}
