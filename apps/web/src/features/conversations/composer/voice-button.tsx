/** Records a voice message: say it, hear it again, keep it or drop it. It goes out when it is sent. */
import { Check, CircleAlert, LoaderCircle, Mic, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { formatLength } from "../sound-time";

/** The longest that is recorded, in seconds; far below what WhatsApp takes. */
const LONGEST = 15 * 60;

type Trouble = "denied" | "missing" | "failed";

interface Recording {
  recorder: MediaRecorder;
  begun: number;
}

interface VoiceButtonProps {
  onRecorded: (file: File) => void;
  /** Called when nothing is recorded any more. */
  onClosed: () => void;
}

function troubleOf(error: unknown): Trouble {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "denied";
  return name === "NotFoundError" ? "missing" : "failed";
}

function useSeconds(recording: Recording | null): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (!recording) return;
    const tick = () => setNow(performance.now());
    tick();
    const timer = window.setInterval(tick, 250);
    return () => window.clearInterval(timer);
  }, [recording]);
  return recording ? Math.max(0, Math.floor((now - recording.begun) / 1_000)) : 0;
}

export function VoiceButton({ onRecorded, onClosed }: VoiceButtonProps) {
  const { t } = useTranslation();
  const [recording, setRecording] = useState<Recording | null>(null);
  const [isMaking, setIsMaking] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const seconds = useSeconds(recording);
  const current = useRef<Recording | null>(null);
  // Whoever goes elsewhere no longer speaks.
  useEffect(() => () => stop(current.current), []);

  async function begin(): Promise<void> {
    setTrouble(null);
    try {
      const { RECORDABLE } = await import("./voice-file");
      const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      const mimeType = RECORDABLE.find((type) => MediaRecorder.isTypeSupported(type));
      const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
      recorder.start();
      current.current = { recorder, begun: performance.now() };
      setRecording(current.current);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  }

  async function keep(): Promise<void> {
    if (!recording) return;
    const { recorder } = recording;
    const parts: Blob[] = [];
    const isOver = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
    recorder.ondataavailable = ({ data }) => parts.push(data);
    stop(recording);
    setRecording(null);
    setIsMaking(true);
    try {
      await isOver;
      const { voiceFile } = await import("./voice-file");
      onRecorded(await voiceFile(new Blob(parts, { type: recorder.mimeType })));
    } catch (error) {
      setTrouble(troubleOf(error));
    } finally {
      setIsMaking(false);
      onClosed();
    }
  }

  function drop(): void {
    stop(recording);
    setRecording(null);
    onClosed();
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept is what is recorded at that moment
  useEffect(() => {
    if (seconds >= LONGEST) void keep();
  }, [seconds]);

  if (recording) {
    return (
      <fieldset className="flex h-10 items-center gap-1.5 rounded-md border border-bad/50 bg-surface px-2">
        <legend className="sr-only">{t("voice.recording")}</legend>
        <span aria-hidden className="size-2.5 animate-pulse rounded-full bg-bad motion-reduce:animate-none" />
        <time className="tabular min-w-10 text-list">{formatLength(seconds)}</time>
        <Button
          size="icon"
          variant="ghost"
          aria-label={t("voice.drop")}
          title={t("voice.drop")}
          onClick={drop}
        >
          <Trash2 />
        </Button>
        <Button
          size="icon"
          variant="primary"
          aria-label={t("voice.keep")}
          title={t("voice.keep")}
          onClick={() => void keep()}
        >
          <Check />
        </Button>
      </fieldset>
    );
  }
  return (
    <>
      {trouble && (
        <p role="alert" className="flex max-w-56 items-start gap-1.5 text-list text-bad">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {t(`voice.trouble.${trouble}`)}
        </p>
      )}
      <Button
        variant="ghost"
        size="icon"
        className="size-10"
        disabled={isMaking}
        aria-label={t("voice.record")}
        title={t("voice.record")}
        onClick={() => void begin()}
      >
        {isMaking ? <LoaderCircle className="animate-spin" /> : <Mic />}
      </Button>
    </>
  );
}

function stop(recording: Recording | null): void {
  if (!recording) return;
  const { recorder } = recording;
  if (recorder.state !== "inactive") recorder.stop();
  // The browser's sign that somebody listens goes out.
  for (const track of recorder.stream.getTracks()) track.stop();
}
