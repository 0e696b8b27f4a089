/** The shape of a sound, drawn from its own samples. */
import { queryOptions } from "@tanstack/react-query";
import type { Message } from "@/api/types";

/** Bars that a waveform has. */
export const BARS = 40;
const RATE = 8_000;

export interface Peaks {
  /** From 0 to 1 each; null when the browser cannot read it. */
  bars: number[] | null;
  seconds: number | null;
}

async function decode(file: Blob): Promise<Peaks> {
  try {
    const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
    const samples = sound.getChannelData(0);
    const step = Math.max(1, Math.floor(samples.length / BARS));
    const loudest = Array.from({ length: BARS }, (_, bar) => {
      let most = 0;
      for (let at = bar * step; at < Math.min(samples.length, (bar + 1) * step); at += 1) {
        most = Math.max(most, Math.abs(samples[at] ?? 0));
      }
      return most;
    });
    const top = Math.max(...loudest);
    return { bars: loudest.map((bar) => (top > 0 ? bar / top : 0)), seconds: sound.duration };
  } catch {
    return { bars: null, seconds: null };
  }
}

export function peaksQuery(message: Message, file: Blob | undefined, wanted: boolean) {
  return queryOptions({
    queryKey: ["peaks", message.id, message.media?.sha256 ?? null],
    queryFn: () => decode(file ?? new Blob()),
    enabled: wanted && Boolean(file),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
