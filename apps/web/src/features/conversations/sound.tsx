/** A spoken message or another sound: play, find a place in it, hear it faster. */
import { useQuery } from "@tanstack/react-query";
import { Mic, Music, Pause, Play } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media, Message } from "@/api/types";
import { cn } from "@/lib/cn";
import { fileQuery, useFile } from "./media-file";
import { Place } from "./media-place";
import { kindKey } from "./message-kind";
import { BARS, peaksQuery } from "./peaks";
import { SaveFile } from "./save-file";
import { addPlayer, hasEnded, isPlaying, nextSpeed, useSpeed } from "./sound-desk";
import { formatLength } from "./sound-time";

/** A sound up to this size is there, and drawn, before somebody asks for it. */
const SMALL = 2_000_000;
const STEP = 5;

interface SoundProps {
  message: Message;
  media: Media;
}

export function Sound({ message, media }: SoundProps) {
  const { t } = useTranslation();
  const isSmall = (media.size ?? 0) <= SMALL;
  const [asked, setAsked] = useState(false);
  const { url, failed } = useFile(message, isSmall || asked);
  const { data: file } = useQuery({ ...fileQuery(message), enabled: false });
  const { data: peaks } = useQuery(peaksQuery(message, file, isSmall));
  const player = usePlayer(message.id, asked);
  const speed = useSpeed();
  const word = t(kindKey(media.voice ? "voice" : "audio"));
  const total = peaks?.seconds ?? player.length;
  const Icon = media.voice ? Mic : Music;
  if (failed) return <Place type="audio">{t("media.unreachable")}</Place>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      ref={player.face}
      role="group"
      aria-label={word}
      data-voice={media.voice ? message.id : undefined}
      className="my-1 flex h-12 w-72 max-w-full items-center gap-1.5"
    >
      {url && <audio ref={player.audio} src={url} preload="metadata" {...player.events} />}
      <button
        type="button"
        onClick={() => (url ? player.toggle() : setAsked(true))}
        aria-label={t(player.playing ? "threadFaces.pause" : "media.play")}
        className="flex size-9 shrink-0 items-center justify-center rounded-full bg-accent text-accent-ink hover:opacity-90"
      >
        {player.playing ? (
          <Pause aria-hidden className="size-4 fill-current" />
        ) : (
          <Play aria-hidden className="ml-0.5 size-4 fill-current" />
        )}
      </button>
      <div className="grid min-w-0 flex-1 gap-0.5">
        <Waveform bars={peaks?.bars ?? null} at={player.at} total={total} onSeek={player.seek} />
        <p className="tabular flex items-center gap-1 text-xs text-muted">
          <Icon aria-hidden className="size-3 shrink-0" />
          {formatLength(player.at)}
          {total > 0 && ` / ${formatLength(total)}`}
        </p>
      </div>
      <button
        type="button"
        onClick={nextSpeed}
        aria-label={t("threadFaces.speed", { speed: `${speed}×` })}
        className="tabular h-6 w-9 shrink-0 rounded-full bg-raised text-xs font-medium text-ink hover:bg-line"
      >
        {speed}×
      </button>
      <SaveFile message={message} />
    </div>
  );
}

/** `asked`: whether somebody wants to hear it as soon as it is there. */
function usePlayer(id: string, asked: boolean) {
  const face = useRef<HTMLDivElement>(null);
  const [element, audio] = useState<HTMLAudioElement | null>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(0);
  const speed = useSpeed();
  useEffect(() => (element ? addPlayer(id, element) : undefined), [id, element]);
  useEffect(() => {
    if (element) element.playbackRate = speed;
  }, [element, speed]);
  useEffect(() => {
    if (element && asked) void element.play();
  }, [element, asked]);

  return {
    face,
    audio,
    playing,
    at,
    length,
    toggle: () => void (element?.paused ? element.play() : element?.pause()),
    seek: (to: number) => {
      if (!element) return;
      element.currentTime = to;
      setAt(to);
    },
    events: {
      onPlay: () => {
        isPlaying(id);
        setPlaying(true);
      },
      onPause: () => setPlaying(false),
      onTimeUpdate: () => setAt(element?.currentTime ?? 0),
      onLoadedMetadata: () => setLength(Number.isFinite(element?.duration) ? (element?.duration ?? 0) : 0),
      onEnded: () => {
        setAt(0);
        hasEnded(face.current);
      },
    },
  };
}

interface WaveformProps {
  /** Null where the sound could not be read: a plain bar. */
  bars: number[] | null;
  at: number;
  total: number;
  onSeek: (to: number) => void;
}

function Waveform({ bars, at, total, onSeek }: WaveformProps) {
  const { t } = useTranslation();
  const heard = total > 0 ? at / total : 0;

  function onKeyDown(event: KeyboardEvent): void {
    const by = { ["ArrowRight"]: 1, ["ArrowUp"]: 1, ["ArrowLeft"]: -1, ["ArrowDown"]: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    onSeek(Math.min(total, Math.max(0, at + by * Math.min(STEP, total / 10))));
  }

  return (
    <div className="relative h-7 rounded-[4px] has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <div aria-hidden className="flex h-full items-center gap-px">
        {bars ? (
          bars.map((bar, index) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: bars have no other identity
              key={index}
              className={cn(
                "min-h-0.5 flex-1 rounded-full",
                index / BARS < heard ? "bg-accent" : "bg-muted/50",
              )}
              style={{ height: `${Math.max(8, bar * 100)}%` }}
            />
          ))
        ) : (
          <span className="h-1 w-full overflow-hidden rounded-full bg-muted/40">
            <span className="block h-full bg-accent" style={{ width: `${heard * 100}%` }} />
          </span>
        )}
      </div>
      <input
        type="range"
        min={0}
        max={total || 1}
        step="any"
        value={Math.min(at, total)}
        disabled={total === 0}
        onChange={(event) => onSeek(Number(event.target.value))}
        onKeyDown={onKeyDown}
        aria-label={t("threadFaces.position")}
        aria-valuetext={t("threadFaces.heard", { at: formatLength(at), total: formatLength(total) })}
        className="absolute inset-0 size-full cursor-pointer opacity-0"
      />
    </div>
  );
}
