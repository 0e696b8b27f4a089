/**
 * What the microphone gave, as WhatsApp plays it for a voice message: Ogg with Opus, one channel (Meta's page
 * `messages/audio-messages`). Most browsers record Opus in another container, so that only the container changes.
 */
import {
  BlobSource,
  BufferTarget,
  Conversion,
  Input,
  MATROSKA,
  MP4,
  OGG,
  OggOutputFormat,
  Output,
  WEBM,
} from "mediabunny";

/** The recorder's words for what a browser can record, the best first. */
export const RECORDABLE = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];

/** The recording as a voice message. Throws where the browser can make none of it. */
export async function voiceFile(recorded: Blob): Promise<File> {
  const input = new Input({ source: new BlobSource(recorded), formats: [OGG, WEBM, MATROSKA, MP4] });
  const target = new BufferTarget();
  const output = new Output({ format: new OggOutputFormat(), target });
  const audio = { codec: "opus", numberOfChannels: 1 } as const;
  const conversion = await Conversion.init({ input, output, audio });
  if (!conversion.isValid) throw new Error("this browser cannot make Ogg with Opus");
  await conversion.execute();
  if (!target.buffer) throw new Error("the recording came out empty");
  return new File([target.buffer], "voice.ogg", { type: "audio/ogg" });
}
