/** The customer's conversations on other lines and numbers. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import { formatRowTime } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { threadsQuery } from "./queries";
import { Section } from "./section";

export function Threads({ contactId, openId }: { contactId: string; openId: string }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const now = useNow();
  const { data } = useQuery(threadsQuery(contactId));
  const others = data?.items.filter(({ id }) => id !== openId) ?? [];
  if (others.length === 0) return null;
  return (
    <Section title={t("contact.threads")}>
      <ul className="grid gap-1">
        {others.map(({ id, channel, status, last_activity_at, last_message }) => (
          <li key={id}>
            <Link
              to="/inbox/$conversationId"
              params={{ conversationId: id }}
              search={(previous: object) => ({ ...previous, at: undefined })}
              className="block rounded-md p-2 hover:bg-raised"
            >
              <span className="flex gap-2">
                <span className="min-w-0 flex-1 truncate font-medium">{channel.display_name}</span>
                <span className="tabular text-list text-muted">
                  {formatRowTime(last_activity_at, now, i18n.language, timeZone, t("time.now"))}
                </span>
              </span>
              <span className="block truncate text-list text-muted">
                {t(`conversationStatus.${status}`)}
                {last_message?.text && ` · ${last_message.text}`}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
