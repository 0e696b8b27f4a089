/** Files of the next message, as they stand above the box. */
import { CircleAlert, Paperclip, RotateCw, X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Tooltip } from "@/ui/tooltip";
import type { DraftFile } from "../drafts";
import { formatSize } from "../media-file";
import { kindIcon } from "../message-kind";
import { pictureOf, type Trouble, type Uploading } from "./attachments";
import { PICKABLE } from "./upload";

export function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        accept={PICKABLE}
        hidden
        aria-label={t("attach.choose")}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file may be chosen again.
          event.target.value = "";
        }}
      />
      <Tooltip text={t("attach.choose")} side="top">
        <Button
          variant="ghost"
          size="icon"
          aria-label={t("attach.choose")}
          onClick={() => input.current?.click()}
        >
          <Paperclip />
        </Button>
      </Tooltip>
    </>
  );
}

/** A line above the box, with a way to take it away. */
export function Chip({
  children,
  label,
  onRemove,
}: {
  children: ReactNode;
  label: string;
  onRemove: () => void;
}) {
  return (
    <div className="flex min-w-0 items-center gap-2 rounded-md border border-line bg-bg px-2 py-1 text-list">
      <div className="flex min-w-0 flex-1 items-center gap-2">{children}</div>
      <Button variant="ghost" size="icon" className="size-6" aria-label={label} onClick={onRemove}>
        <X />
      </Button>
    </div>
  );
}

export function FileChip({ file, onRemove }: { file: DraftFile; onRemove: () => void }) {
  const { t, i18n } = useTranslation();
  const Icon = kindIcon(file.kind);
  const picture = pictureOf(file);
  return (
    <Chip label={t("attach.remove", { name: file.name })} onRemove={onRemove}>
      {picture ? (
        <img src={picture} alt="" className="size-10 shrink-0 rounded-[6px] object-cover" />
      ) : (
        <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      )}
      <span className="truncate">{file.name}</span>
      <span className="shrink-0 text-muted">{formatSize(file.size, i18n.language)}</span>
    </Chip>
  );
}

export function UploadChip({ uploading, onCancel }: { uploading: Uploading; onCancel: () => void }) {
  const { t } = useTranslation();
  const percent = Math.round(uploading.share * 100);
  const Icon = kindIcon(uploading.kind);
  return (
    <Chip label={t("attach.stop", { name: uploading.file.name })} onRemove={onCancel}>
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      <span className="truncate">{uploading.file.name}</span>
      <progress
        className="h-1.5 w-24 min-w-12 accent-(--accent)"
        max={100}
        value={percent}
        aria-label={t("attach.uploading", { name: uploading.file.name })}
      />
      <span className="tabular shrink-0 text-muted">{percent} %</span>
    </Chip>
  );
}

interface TroubleLineProps {
  trouble: Trouble;
  onRetry: () => void;
  onForget: () => void;
}

export function TroubleLine({ trouble, onRetry, onForget }: TroubleLineProps) {
  const { t } = useTranslation();
  return (
    <div className="flex items-start gap-2 text-list">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <p role="alert" className="min-w-0 flex-1 text-bad wrap-anywhere">
        {trouble.words}
      </p>
      {trouble.again && (
        <Button size="sm" onClick={onRetry}>
          <RotateCw aria-hidden />
          {t("action.retry")}
        </Button>
      )}
      <Button
        variant="ghost"
        size="icon"
        className="size-6"
        aria-label={t("action.dismiss")}
        onClick={onForget}
      >
        <X />
      </Button>
    </div>
  );
}
