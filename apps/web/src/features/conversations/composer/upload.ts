/** Brings a file to the server before it is sent: what WhatsApp would refuse is refused here, in words. */
import { API_BASE } from "@/api/base";
import { freshToken } from "@/api/session";
import type { Upload } from "@/api/types";
import { ProblemError } from "@/lib/problem";

const KB = 1024;
const MB = 1024 * KB;

/** Meta's page `business-phone-numbers/media`: types and bytes per kind. */
const ACCEPTED = [
  { kind: "image", bytes: 5 * MB, types: ["image/jpeg", "image/png"] },
  { kind: "video", bytes: 16 * MB, types: ["video/mp4", "video/3gpp"] },
  {
    kind: "audio",
    bytes: 16 * MB,
    types: ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
  },
  {
    kind: "document",
    bytes: 100 * MB,
    types: [
      "text/plain",
      "application/pdf",
      "application/msword",
      "application/vnd.ms-excel",
      "application/vnd.ms-powerpoint",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ],
  },
] as const;

export const PICKABLE = ACCEPTED.flatMap(({ types }) => types).join(",");

export type FileVerdict =
  | { kind: string; refusal: null }
  | { kind: string | null; refusal: "type" | "empty" | "size"; bytes: number };

/** Browsers name some types in their own way. */
const SAME: Record<string, string> = { "audio/x-m4a": "audio/mp4", "audio/mp3": "audio/mpeg" };

export function mimeOf(file: Pick<File, "type">): string {
  const essence = file.type.split(";")[0]?.trim().toLowerCase() ?? "";
  return SAME[essence] ?? essence;
}

export function judgeFile(file: Pick<File, "type" | "size">): FileVerdict {
  const type = mimeOf(file);
  const accepted = ACCEPTED.find(({ types }) => (types as readonly string[]).includes(type));
  if (!accepted) return { kind: null, refusal: "type", bytes: 0 };
  const { kind, bytes } = accepted;
  if (file.size === 0) return { kind, refusal: "empty", bytes };
  return file.size > bytes ? { kind, refusal: "size", bytes } : { kind, refusal: null };
}

/** Uploads with progress from 0 to 1, which `fetch` does not tell. A voice message has to be Ogg with Opus. */
export async function uploadFile(
  file: File,
  kind: string,
  onProgress: (share: number) => void,
  signal: AbortSignal,
  isVoice = false,
): Promise<Upload> {
  const token = await freshToken();
  const form = new FormData();
  form.append("file", new File([file], file.name, { type: mimeOf(file) }));
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${API_BASE}/api/media?kind=${kind}${isVoice ? "&voice=1" : ""}`);
    if (token) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(new ProblemError({ code: "network" }, 0));
    request.onabort = () => reject(new DOMException("The upload was called off", "AbortError"));
    request.onload = () => {
      const body: unknown = request.response;
      if (request.status === 201) resolve(body as Upload);
      else reject(new ProblemError((body as object | null) ?? {}, request.status));
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
