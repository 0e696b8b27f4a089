/** What is sent for what was written. Pure. */
import type { MessageBody } from "@/api/types";
import type { Draft } from "./drafts";

/** Meta's limits, in characters. */
export const MAX_TEXT = 4096;
export const MAX_CAPTION = 1024;

/** Sound carries no words: they stay to be sent after it. */
export function takesCaption(kind: string): boolean {
  return kind !== "audio";
}

export function isSendable({ text, file }: Draft): boolean {
  return file !== null || text.trim() !== "";
}

export function messageBody({ text, file, quote, sendAt }: Draft): MessageBody {
  const common = {
    ...(quote ? { context: { message_id: quote.wamid } } : {}),
    ...(sendAt ? { send_at: sendAt } : {}),
  };
  const words = text.trim();
  if (!file) return { type: "text", text: { body: words }, ...common };
  const caption = words && takesCaption(file.kind) ? { caption: words } : {};
  const filename = file.kind === "document" ? { filename: file.name } : {};
  return { type: file.kind, [file.kind]: { id: file.id, ...caption, ...filename }, ...common };
}

export function reactionBody(wamid: string, emoji: string): MessageBody {
  return { type: "reaction", reaction: { message_id: wamid, emoji } };
}

export interface TemplateValues {
  name: string;
  language: string;
  variables: string[];
}

export function templateBody({ name, language, variables }: TemplateValues): MessageBody {
  const parameters = variables.map((value) => ({ type: "text", text: value.trim() }));
  return {
    type: "template",
    template: {
      name: name.trim(),
      language: { code: language.trim() },
      ...(parameters.length > 0 ? { components: [{ type: "body", parameters }] } : {}),
    },
  };
}
