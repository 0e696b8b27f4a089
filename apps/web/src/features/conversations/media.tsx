/** The file of a message: a picture, a film, a sound or a document, or how far fetching it got. */
import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Media, Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { Button } from "@/ui/button";
import { FileCard } from "./file-card";
import { useFetchAgain } from "./media-file";
import { Place } from "./media-place";
import { kindIcon, kindKey } from "./message-kind";
import { Picture } from "./picture";
import { Sound } from "./sound";

interface MediaProps {
  message: Message;
  media: Media;
  canWrite: boolean;
}

export function MediaContent({ message, media, canWrite }: MediaProps) {
  if (media.state !== "stored") return <Missing message={message} media={media} canWrite={canWrite} />;
  if (!media.shown || message.type === "document") return <FileCard message={message} media={media} />;
  if (message.type === "audio") return <Sound message={message} media={media} />;
  return <Picture message={message} media={media} />;
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
