/** The file of a message: a picture, a film, a sound or a document, or how far fetching it got. */
import { Download, FileText, Play, RotateCw } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media, Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { formatSize, useFetchAgain, useFile, useSaveFile } from "./media-file";
import { kindIcon, kindKey } from "./message-kind";

/** A sound up to this size is there before somebody asks for it. */
const SMALL = 2_000_000;

/** Places of a fixed shape, so that nothing jumps when a file comes. */
const PLACE: Record<string, string> = {
  image: "aspect-[4/3] w-72",
  video: "aspect-video w-72",
  sticker: "size-32",
  audio: "h-12 w-64",
  document: "h-14 w-72",
};

interface MediaProps {
  message: Message;
  media: Media;
  canWrite: boolean;
}

export function MediaContent({ message, media, canWrite }: MediaProps) {
  if (media.state !== "stored") return <Missing message={message} media={media} canWrite={canWrite} />;
  if (!media.shown || message.type === "document") return <FileCard message={message} media={media} />;
  if (message.type === "video") return <Film message={message} media={media} />;
  if (message.type === "audio") return <Sound message={message} media={media} />;
  return <Picture message={message} media={media} />;
}

function Place({ type, children, className }: { type: string; children: ReactNode; className?: string }) {
  return (
    <div
      className={cn(
        "my-1 flex max-w-full items-center justify-center gap-2 overflow-hidden rounded-[6px] bg-bg/70 text-list text-muted",
        PLACE[type] ?? PLACE["document"],
        className,
      )}
    >
      {children}
    </div>
  );
}

function Missing({ message, media, canWrite }: MediaProps) {
  const { t } = useTranslation();
  const again = useFetchAgain(message);
  const Icon = kindIcon(message.type);
  const onItsWay = media.state === "pending" || media.state === "fetching";
  const may = media.state === "failed" || media.state === "refused";
  return (
    <Place type={message.type} className="h-auto min-h-12 flex-col px-3 py-2 text-center">
      <p className="flex items-center gap-1.5" role={onItsWay ? "status" : undefined}>
        <Icon aria-hidden className={cn("size-4 shrink-0", onItsWay && "motion-safe:animate-pulse")} />
        <span>
          {t(kindKey(message.type))} · {t(`media.state.${media.state}`)}
        </span>
      </p>
      {media.error?.advice === "check_token" && <p>{t("media.checkToken")}</p>}
      {may && canWrite && (
        <Button size="sm" disabled={again.isPending} onClick={() => again.mutate()}>
          <RotateCw aria-hidden />
          {t("media.fetchAgain")}
        </Button>
      )}
    </Place>
  );
}

function Picture({ message, media }: { message: Message; media: Media }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const thumbnail = useRef<HTMLButtonElement>(null);
  const { url, failed } = useFile(message, true);
  const word = message.text || t(kindKey(message.type));
  if (!url) return <Place type={message.type}>{failed && t("media.unreachable")}</Place>;
  if (message.type === "sticker") {
    return <img src={url} alt={t("kind.sticker")} className="my-1 size-32 object-contain" />;
  }
  return (
    <>
      <button
        ref={thumbnail}
        type="button"
        onClick={() => setOpen(true)}
        aria-label={t("media.enlarge", { name: word })}
        className={cn("my-1 block max-w-full overflow-hidden rounded-[6px] bg-bg/70", PLACE["image"])}
      >
        <img src={url} alt="" className="size-full object-cover" />
      </button>
      <Dialog open={open} onOpenChange={setOpen} title={t("kind.image")} wide returnFocus={thumbnail}>
        <img src={url} alt={word} className="mx-auto max-h-[65dvh] max-w-full object-contain" />
        <DialogActions>
          <Save message={message} media={media} />
        </DialogActions>
      </Dialog>
    </>
  );
}

function Film({ message, media }: { message: Message; media: Media }) {
  const { t, i18n } = useTranslation();
  const [wanted, setWanted] = useState(false);
  const { url, failed } = useFile(message, wanted);
  if (url) {
    return (
      // biome-ignore lint/a11y/useMediaCaption: WhatsApp carries no captions
      <video
        src={url}
        controls
        autoPlay
        aria-label={t("kind.video")}
        className={cn("my-1 max-w-full rounded-[6px] bg-black", PLACE["video"])}
      />
    );
  }
  return (
    <Place type="video">
      {failed ? (
        t("media.unreachable")
      ) : (
        <Button onClick={() => setWanted(true)} disabled={wanted}>
          <Play aria-hidden />
          {t("media.play")}
          {media.size !== null && ` · ${formatSize(media.size, i18n.language)}`}
        </Button>
      )}
    </Place>
  );
}

function Sound({ message, media }: { message: Message; media: Media }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState((media.size ?? 0) <= SMALL);
  const { url, failed } = useFile(message, wanted);
  const word = t(kindKey(media.voice ? "voice" : "audio"));
  if (url) {
    return (
      // biome-ignore lint/a11y/useMediaCaption: WhatsApp carries no captions
      <audio src={url} controls aria-label={word} className={cn("my-1 max-w-full", PLACE["audio"])} />
    );
  }
  return (
    <Place type="audio">
      {failed && t("media.unreachable")}
      {!wanted && (
        <Button size="sm" onClick={() => setWanted(true)}>
          <Play aria-hidden />
          {word}
        </Button>
      )}
    </Place>
  );
}

function FileCard({ message, media }: { message: Message; media: Media }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="my-1 flex w-72 max-w-full items-center gap-2 rounded-[6px] bg-bg/70 px-3 py-2">
      <FileText aria-hidden className="size-6 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="truncate" title={media.filename ?? undefined}>
          {media.filename ?? t(kindKey(message.type))}
        </p>
        {media.size !== null && <p className="text-xs text-muted">{formatSize(media.size, i18n.language)}</p>}
      </div>
      <Save message={message} media={media} icon />
    </div>
  );
}

function Save({ message, media, icon }: { message: Message; media: Media; icon?: boolean }) {
  const { t } = useTranslation();
  const name = media.filename ?? `${message.type}-${message.created_at.slice(0, 10)}`;
  const save = useSaveFile(message, name);
  return (
    <Button
      {...(icon ? { variant: "ghost" as const, size: "icon" as const } : {})}
      aria-label={t("media.save", { name })}
      disabled={save.isPending}
      onClick={() => save.mutate()}
    >
      <Download aria-hidden />
      {!icon && t("action.download")}
    </Button>
  );
}
