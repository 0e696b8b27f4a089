/** What is known of the customer beside his conversation, and what the team can change of it. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Conversation } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { formatFull } from "@/lib/time";
import { Copy } from "@/ui/copy";
import { Check } from "@/ui/field";
import { ErrorState, Skeleton } from "@/ui/states";
import { Attributes } from "./attributes";
import { Blocking } from "./blocking";
import { Files } from "./files";
import { OwnName } from "./own-name";
import { Person } from "./person";
import { contactQuery, useChangeContact } from "./queries";
import { Section } from "./section";
import { Threads } from "./threads";

export function ContactCard({ conversation }: { conversation: Conversation }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const canWrite = usePermission("chat.write");
  const { data: card, error, refetch } = useQuery(contactQuery(conversation.contact));
  const change = useChangeContact(conversation.contact.id);
  if (error && !card) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!card) return <Skeleton className="m-4 h-40" />;
  const when = (at: string) => formatFull(at, i18n.language, timeZone);
  return (
    <div className="divide-y divide-line border-t border-line">
      <Section title={t("contact.identity")}>
        <OwnName card={card} canWrite={canWrite} />
        {card.profile_name && card.profile_name !== card.name && (
          <p className="text-list text-muted">{t("contact.profile", { name: card.profile_name })}</p>
        )}
        {card.username && <Copy value={`@${card.username}`} />}
        {card.user_id && card.user_id !== card.user_key && <Copy value={card.user_id} className="text-xs" />}
        {card.former_keys.map(({ key, left_at }) => (
          <p key={key} className="text-list text-muted">
            {t("contact.former", { key, when: when(left_at) })}
          </p>
        ))}
      </Section>
      <Section title={t("contact.attributes")}>
        <Attributes card={card} canWrite={canWrite} />
      </Section>
      <Section title={t("contact.consent")}>
        <Check
          label={t("contact.optOut")}
          {...(card.marketing_opt_out_at
            ? { hint: t("contact.since", { when: when(card.marketing_opt_out_at) }) }
            : {})}
          checked={card.marketing_opt_out_at !== null}
          disabled={!canWrite || change.isPending}
          onChange={({ target }) => change.mutate({ marketing_opt_out: target.checked })}
        />
        <Blocking card={card} canWrite={canWrite} since={card.blocked_at ? when(card.blocked_at) : null} />
      </Section>
      <Section title={t("contact.person")}>
        <Person card={card} canWrite={canWrite} />
      </Section>
      <Threads contactId={card.id} openId={conversation.id} />
      <Files contactId={card.id} />
    </div>
  );
}
