/** Files for the next message: judged, brought to the server one after the other, and kept with the draft. */
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { MOST_FILES } from "../compose";
import type { DraftFile } from "../drafts";
import { formatSize } from "../media-file";
import { sendProblemWords } from "../send-problem";
import { judgeFile, uploadFile } from "./upload";

export interface Uploading {
  id: string;
  file: File;
  kind: string;
  share: number;
  stop: AbortController;
}

export interface Trouble {
  id: string;
  file: File;
  words: string;
  /** As what it can be tried again; null where WhatsApp would refuse it as well. */
  again: string | null;
}

/** Pictures of what was chosen here, by the upload's id; other devices have only its name. */
const pictures = new Map<string, string>();

export function pictureOf(file: DraftFile): string | null {
  return pictures.get(file.id) ?? null;
}

interface Options {
  /** How many the draft carries by now. */
  carried: number;
  onReady: (file: DraftFile) => void;
}

export function useAttachments({ carried, onReady }: Options) {
  const { t, i18n } = useTranslation();
  const [uploading, setUploading] = useState<Uploading[]>([]);
  const [troubles, setTroubles] = useState<Trouble[]>([]);
  const ready = useRef(onReady);
  useEffect(() => {
    ready.current = onReady;
  });

  function refuse(file: File, words: string, again: string | null): void {
    setTroubles((known) => [
      ...known.filter((trouble) => trouble.file !== file),
      { id: crypto.randomUUID(), file, words, again },
    ]);
  }

  function forget(file: File): void {
    setTroubles((known) => known.filter((trouble) => trouble.file !== file));
  }

  /** Its kind as WhatsApp has it; null, said in words, where WhatsApp would not take it. */
  function kindOf(file: File): string | null {
    const { kind, ...verdict } = judgeFile(file);
    if (verdict.refusal === null && kind !== null) return kind;
    const max = verdict.refusal === null ? "" : formatSize(verdict.bytes, i18n.language);
    const what = kind ? t(`kind.${kind}`) : "";
    refuse(file, t(`attach.refused.${verdict.refusal}`, { name: file.name, what, max }), null);
    return null;
  }

  async function bring({ file, kind, stop }: Uploading): Promise<void> {
    if (stop.signal.aborted) return;
    const isVoice = kind === "voice";
    const progress = (share: number) =>
      setUploading((known) => known.map((other) => (other.file === file ? { ...other, share } : other)));
    try {
      const { id } = await uploadFile(file, isVoice ? "audio" : kind, progress, stop.signal, isVoice);
      if (kind === "image") pictures.set(id, URL.createObjectURL(file));
      ready.current({ id, kind, name: file.name, size: file.size });
    } catch (error) {
      if (!stop.signal.aborted) {
        refuse(file, t("attach.failed", { name: file.name, reason: sendProblemWords(error, t) }), kind);
      }
    } finally {
      setUploading((known) => known.filter((other) => other.file !== file));
    }
  }

  /** One after the other, so that they stay in the order in which they were chosen. */
  async function bringAll(files: { file: File; kind: string }[]): Promise<void> {
    const next = files.map(
      (one): Uploading => ({
        ...one,
        id: crypto.randomUUID(),
        share: 0,
        stop: new AbortController(),
      }),
    );
    for (const { file } of next) forget(file);
    setUploading((known) => [...known, ...next]);
    for (const one of next) await bring(one);
  }

  async function attach(files: File[]): Promise<void> {
    setTroubles([]);
    const free = MOST_FILES - carried - uploading.length;
    for (const file of files.slice(Math.max(0, free))) {
      refuse(file, t("attach.tooMany", { name: file.name, count: MOST_FILES }), null);
    }
    const taken = files.slice(0, Math.max(0, free)).flatMap((file) => {
      const kind = kindOf(file);
      return kind ? [{ file, kind }] : [];
    });
    await bringAll(taken);
  }

  return {
    uploading,
    troubles,
    attach,
    /** What was recorded here. */
    attachVoice: (file: File) => bringAll([{ file, kind: "voice" }]),
    cancel: (one: Uploading) => {
      one.stop.abort();
      setUploading((known) => known.filter((other) => other.file !== one.file));
    },
    retry: ({ file, again }: Trouble) => bringAll(again === null ? [] : [{ file, kind: again }]),
    forget,
  };
}
