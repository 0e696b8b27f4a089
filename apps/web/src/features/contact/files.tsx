/** Files that went to and fro with the customer; each leads to where it stands. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AudioLines, FileText, Film, Image } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "@/api/directory";
import type { Message } from "@/api/types";
import { fileName, useFile } from "@/features/conversations/media-file";
import { kindKey } from "@/features/conversations/message-kind";
import { formatFull } from "@/lib/time";
import { Button } from "@/ui/button";
import { filesQuery } from "./queries";
import { Section } from "./section";

const ICONS: Record<string, typeof FileText> = { image: Image, video: Film, audio: AudioLines };

export function Files({ contactId }: { contactId: string }) {
  const { t } = useTranslation();
  const files = useInfiniteQuery(filesQuery(contactId));
  const messages = files.data?.pages.flatMap((page) => page.items) ?? [];
  if (messages.length === 0) return null;
  return (
    <Section title={t("contact.files")}>
      <ul className="grid gap-1">
        {messages.map((message) => (
          <li key={message.id}>
            <File message={message} />
          </li>
        ))}
      </ul>
      {files.hasNextPage && (
        <Button
          size="sm"
          variant="ghost"
          disabled={files.isFetchingNextPage}
          onClick={() => void files.fetchNextPage()}
        >
          {files.isFetchingNextPage ? t("state.loading") : t("contact.moreFiles")}
        </Button>
      )}
    </Section>
  );
}

function File({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const isPicture = message.type === "image";
  const { url } = useFile(message, isPicture && message.media?.state === "stored");
  const Icon = ICONS[message.type] ?? FileText;
  const name = message.type === "document" ? fileName(message) : message.text || t(kindKey(message.type));
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: message.conversation_id }}
      search={(previous: object) => ({ ...previous, at: message.id })}
      className="flex items-center gap-3 rounded-md p-1.5 hover:bg-raised"
    >
      <span className="flex size-10 shrink-0 items-center justify-center overflow-hidden rounded-[6px] bg-bg text-muted">
        {isPicture && url ? (
          <img src={url} alt="" className="size-full object-cover" />
        ) : (
          <Icon aria-hidden className="size-5" />
        )}
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate">{name}</span>
        <span className="block truncate text-list text-muted">
          {formatFull(message.created_at, i18n.language, timeZone)}
        </span>
      </span>
    </Link>
  );
}
