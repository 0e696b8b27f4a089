/** A file for the next message: chosen or pasted, judged, brought to the server, shown above the box. */
import { CircleAlert, Paperclip, RotateCw, X } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Tooltip } from "@/ui/tooltip";
import type { DraftFile } from "./drafts";
import { formatSize } from "./media-file";
import { kindIcon } from "./message-kind";
import { sendProblemWords } from "./send-problem";
import { judgeFile, PICKABLE, uploadFile } from "./upload";

interface Uploading {
  file: File;
  kind: string;
  share: number;
  stop: AbortController;
}

interface Trouble {
  words: string;
  /** What can be tried again; null when WhatsApp would refuse it as well. */
  again: File | null;
}

export function useAttachment(onReady: (file: DraftFile) => void) {
  const { t, i18n } = useTranslation();
  const [uploading, setUploading] = useState<Uploading | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);

  async function attach(file: File): Promise<void> {
    uploading?.stop.abort();
    const { kind, ...verdict } = judgeFile(file);
    if (verdict.refusal !== null || kind === null) {
      const max = verdict.refusal === null ? "" : formatSize(verdict.bytes, i18n.language);
      const what = kind ? t(`kind.${kind}`) : "";
      setTrouble({
        words: t(`attach.refused.${verdict.refusal}`, { name: file.name, what, max }),
        again: null,
      });
      return;
    }
    const stop = new AbortController();
    const progress = (share: number) => setUploading({ file, kind, share, stop });
    setTrouble(null);
    progress(0);
    try {
      const { id } = await uploadFile(file, kind, progress, stop.signal);
      onReady({ id, kind, name: file.name, size: file.size });
      setUploading(null);
    } catch (error) {
      // Called off, or another file took its place.
      if (stop.signal.aborted) return;
      setUploading(null);
      const words = t("attach.failed", { name: file.name, reason: sendProblemWords(error, t) });
      setTrouble({ words, again: file });
    }
  }

  function cancel(): void {
    uploading?.stop.abort();
    setUploading(null);
  }

  return { uploading, trouble, attach, cancel, forget: () => setTrouble(null) };
}

export function AttachButton({ onFile }: { onFile: (file: File) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={PICKABLE}
        hidden
        aria-label={t("attach.choose")}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) onFile(file);
          // The same file may be chosen again.
          event.target.value = "";
        }}
      />
      <Tooltip text={t("attach.choose")} side="top">
        <Button
          variant="ghost"
          size="icon"
          className="my-1"
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
  return (
    <Chip label={t("attach.remove", { name: file.name })} onRemove={onRemove}>
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
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
  onRetry: (file: File) => void;
  onForget: () => void;
}

export function TroubleLine({ trouble, onRetry, onForget }: TroubleLineProps) {
  const { t } = useTranslation();
  const { again } = trouble;
  return (
    <div className="flex items-start gap-2 text-list">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <p role="alert" className="min-w-0 flex-1 text-bad wrap-anywhere">
        {trouble.words}
      </p>
      {again && (
        <Button size="sm" onClick={() => onRetry(again)}>
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
