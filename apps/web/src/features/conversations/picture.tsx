/** A picture, a film or a sticker among the messages; in large it is shown by the gallery. */
import { Play } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media, Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatSize, useFile } from "./media-file";
import { PLACE, Place } from "./media-place";
import { kindKey } from "./message-kind";
import { formatLength } from "./sound-time";
import { useThreadActions } from "./thread-context";

/** A film up to this size shows its first picture before somebody asks for it. */
const SMALL = 2_000_000;

interface PictureProps {
  message: Message;
  media: Media;
}

export function Picture({ message, media }: PictureProps) {
  if (message.type === "sticker") return <Sticker message={message} />;
  return <Thumbnail message={message} media={media} className={cn("my-1 rounded-[6px]", placeOf(message))} />;
}

function placeOf({ type }: Message): string {
  return PLACE[type] ?? "";
}

function Sticker({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { url, failed } = useFile(message, true);
  if (!url) return <Place type="sticker">{failed && t("media.unreachable")}</Place>;
  return <img src={url} alt={t("kind.sticker")} className="my-1 size-32 object-contain" />;
}

/** The button with the picture on it; its shape is the caller's. `name` when the words of the message are none. */
export function Thumbnail({
  message,
  media,
  className,
  name,
}: PictureProps & { className: string; name?: string }) {
  const { t } = useTranslation();
  const { openFile } = useThreadActions();
  const isFilm = message.type === "video";
  const { url, failed } = useFile(message, !isFilm || (media.size ?? 0) <= SMALL);
  const word = message.text || name || t(kindKey(message.type));
  return (
    <button
      type="button"
      onClick={() => openFile(message)}
      aria-label={t(isFilm ? "threadFaces.playFilm" : "media.enlarge", { name: word })}
      className={cn("relative block max-w-full overflow-hidden bg-bg/70", className)}
    >
      {failed && <span className="px-2 text-list text-muted">{t("media.unreachable")}</span>}
      {url && !isFilm && <img src={url} alt="" className="size-full object-cover" />}
      {isFilm && <Poster url={url} media={media} />}
    </button>
  );
}

function Poster({ url, media }: { url: string | null; media: Media }) {
  const { i18n } = useTranslation();
  const [length, setLength] = useState<number | null>(null);
  const words = length ? formatLength(length) : media.size !== null && formatSize(media.size, i18n.language);
  return (
    <>
      {url && (
        <video
          src={url}
          muted
          playsInline
          preload="metadata"
          tabIndex={-1}
          aria-hidden
          onLoadedMetadata={({ currentTarget }) => setLength(currentTarget.duration)}
          className="pointer-events-none size-full bg-black object-cover"
        />
      )}
      <span className="absolute inset-0 m-auto flex size-12 items-center justify-center rounded-full bg-black/60 text-white">
        <Play aria-hidden className="ml-0.5 size-6 fill-current" />
      </span>
      {words && (
        <span className="tabular absolute bottom-1.5 left-1.5 rounded-[4px] bg-black/60 px-1.5 text-xs leading-5 text-white">
          {words}
        </span>
      )}
    </>
  );
}
