/** A document: what it is, how large, and the ways to it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import {
  ExternalLink,
  FileArchive,
  FileAudio,
  FileImage,
  FileSpreadsheet,
  FileText,
  FileVideo,
  type LucideIcon,
  Presentation,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Media, Message } from "@/api/types";
import { Button } from "@/ui/button";
import { fileQuery, formatSize } from "./media-file";
import { kindKey } from "./message-kind";
import { SaveFile } from "./save-file";

const PDF = "application/pdf";

/** By what the name or the type tells, the first that fits. */
const ICONS: [RegExp, LucideIcon, string][] = [
  [/pdf$/, FileText, "text-bad"],
  [/(xlsx?|ods|csv|spreadsheet.*|excel)$/, FileSpreadsheet, "text-ok"],
  [/(pptx?|odp|presentation.*|powerpoint)$/, Presentation, "text-warn"],
  [/(zip|rar|7z|gz|tar)$/, FileArchive, "text-muted"],
  [/^image|(jpe?g|png|webp|gif|heic)$/, FileImage, "text-accent"],
  [/^audio|(mp3|ogg|m4a|wav)$/, FileAudio, "text-accent"],
  [/^video|(mp4|mov|3gp)$/, FileVideo, "text-accent"],
];

function extensionOf({ filename }: Media): string {
  return /\.([a-z\d]{1,5})$/i.exec(filename ?? "")?.[1]?.toLowerCase() ?? "";
}

function typeWord(media: Media): string {
  const [, kind = ""] = (media.mime_type ?? "").split(";")[0]?.split("/") ?? [];
  // Long names of types say nothing to a person.
  return (extensionOf(media) || (kind.length <= 5 ? kind : "")).toUpperCase();
}

export function FileCard({ message, media }: { message: Message; media: Media }) {
  const { t, i18n } = useTranslation();
  const marks = [extensionOf(media), media.mime_type?.split(";")[0] ?? ""];
  const [, Icon, colour] = ICONS.find(([form]) => marks.some((mark) => form.test(mark))) ?? [
    null,
    FileText,
    "text-muted",
  ];
  const facts = [typeWord(media), media.size !== null && formatSize(media.size, i18n.language)];
  return (
    <div className="my-1 flex h-14 w-72 max-w-full items-center gap-2 rounded-[6px] bg-bg/70 pr-1 pl-3">
      <Icon aria-hidden className={`size-6 shrink-0 ${colour}`} />
      <div className="min-w-0 flex-1">
        <p className="truncate" title={media.filename ?? undefined}>
          {media.filename ?? t(kindKey(message.type))}
        </p>
        <p className="truncate text-xs text-muted">{facts.filter(Boolean).join(" · ")}</p>
      </div>
      {media.shown && marks.some((mark) => mark === "pdf" || mark === PDF) && <OpenFile message={message} />}
      <SaveFile message={message} />
    </div>
  );
}

/** Shows a PDF in a tab of its own. */
function OpenFile({ message }: { message: Message }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const open = useMutation({
    // The tab has to be opened by the click itself; the bytes come into it later.
    mutationFn: async (tab: Window | null) => {
      const blob = await client.fetchQuery(fileQuery(message));
      const url = URL.createObjectURL(new Blob([blob], { type: PDF }));
      if (tab) tab.location.replace(url);
      window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
    onError: (_error, tab) => tab?.close(),
  });
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={t("threadFaces.openFile", { name: message.media?.filename ?? t("kind.document") })}
      disabled={open.isPending}
      onClick={() => open.mutate(window.open("", "_blank"))}
    >
      <ExternalLink aria-hidden />
    </Button>
  );
}
