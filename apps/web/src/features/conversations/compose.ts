/** What is sent for what was written. Pure. */
import type { MessageBody } from "@/api/types";
import type { Draft, DraftFile } from "./drafts";

/** Meta's limits, in characters. */
export const MAX_TEXT = 4096;
export const MAX_CAPTION = 1024;

/** Files that go at once. */
export const MOST_FILES = 10;

/** Sound carries no words: they stay to be sent after it. */
export function takesCaption(kind: string): boolean {
  return kind !== "audio" && kind !== "voice";
}

type Wrapping = Pick<Draft, "quote" | "sendAt">;

/** What stands beside whatever is sent: what it answers, and when it goes out. */
function wrapping({ quote, sendAt }: Wrapping) {
  return {
    ...(quote ? { context: { message_id: quote.wamid } } : {}),
    ...(sendAt ? { send_at: sendAt } : {}),
  };
}

export function filesOf({ file, moreFiles }: Pick<Draft, "file" | "moreFiles">): DraftFile[] {
  return file ? [file, ...moreFiles] : [];
}

export function isSendable({ text, file }: Pick<Draft, "text" | "file">): boolean {
  return file !== null || text.trim() !== "";
}

function fileBody(file: DraftFile, words: string): MessageBody {
  if (file.kind === "voice") return { type: "audio", audio: { id: file.id, voice: true } };
  const caption = words ? { caption: words } : {};
  const filename = file.kind === "document" ? { filename: file.name } : {};
  return { type: file.kind, [file.kind]: { id: file.id, ...caption, ...filename } };
}

interface Outgoing {
  key: string;
  body: MessageBody;
}

/**
 * The messages that a draft becomes, in their order: its words, or one for each of its files, of which the first
 * that can takes the words. Their keys follow from the draft's own, so that it goes out once however often it is sent.
 */
export function messagesFor(draft: Draft): Outgoing[] {
  const words = draft.text.trim();
  const files = filesOf(draft);
  if (files.length === 0) {
    return [{ key: draft.key, body: { type: "text", text: { body: words }, ...wrapping(draft) } }];
  }
  const worded = files.findIndex(({ kind }) => takesCaption(kind));
  return files.map((file, place) => ({
    key: place === 0 ? draft.key : `${draft.key}-${place}`,
    body: {
      ...fileBody(file, place === worded ? words : ""),
      ...wrapping({ quote: place === 0 ? draft.quote : null, sendAt: draft.sendAt }),
    },
  }));
}

export interface Place {
  latitude: number;
  longitude: number;
  name: string;
  address: string;
}

export function locationBody({ latitude, longitude, name, address }: Place, around: Wrapping): MessageBody {
  const words = { ...(name ? { name } : {}), ...(address ? { address } : {}) };
  return { type: "location", location: { latitude, longitude, ...words }, ...wrapping(around) };
}

export interface Card {
  name: string;
  phone: string;
  company: string;
}

export function cardBody({ name, phone, company }: Card, around: Wrapping): MessageBody {
  const [first = name] = name.split(/\s+/);
  const card = {
    name: { formatted_name: name, first_name: first },
    phones: [{ phone: `+${phone}`, wa_id: phone, type: "WORK" }],
    ...(company ? { org: { company } } : {}),
  };
  return { type: "contacts", contacts: [card], ...wrapping(around) };
}

/** Meta's limits of what can be chosen from, in characters and pieces (`messages/interactive-*-messages`). */
export const OFFER = {
  body: 1024,
  header: 60,
  footer: 60,
  buttons: 3,
  button: 20,
  rows: 10,
  row: 24,
  note: 72,
};

export interface Offer {
  kind: "button" | "list";
  header: string;
  body: string;
  footer: string;
  /** What opens a list. */
  open: string;
  choices: { title: string; note: string }[];
}

export function offerBody(offer: Offer, around: Wrapping): MessageBody {
  const { kind, header, body, footer, open } = offer;
  const choices = offer.choices.filter(({ title }) => title.trim());
  const action =
    kind === "button"
      ? {
          buttons: choices.map(({ title }, index) => ({
            type: "reply",
            reply: { id: `option-${index + 1}`, title: title.trim() },
          })),
        }
      : {
          button: open.trim(),
          sections: [
            {
              rows: choices.map(({ title, note }, index) => ({
                id: `option-${index + 1}`,
                title: title.trim(),
                ...(note.trim() ? { description: note.trim() } : {}),
              })),
            },
          ],
        };
  const interactive = {
    type: kind,
    ...(header.trim() ? { header: { type: "text", text: header.trim() } } : {}),
    body: { text: body.trim() },
    ...(footer.trim() ? { footer: { text: footer.trim() } } : {}),
    action,
  };
  return { type: "interactive", interactive, ...wrapping(around) };
}

export function reactionBody(wamid: string, emoji: string): MessageBody {
  return { type: "reaction", reaction: { message_id: wamid, emoji } };
}

export interface TemplateValues {
  name: string;
  language: string;
  variables: string[];
  /** Everything that is filled in, where it is known what the template wants. */
  components?: object[];
}

export function templateBody({ name, language, variables, components }: TemplateValues): MessageBody {
  const parameters = variables.map((value) => ({ type: "text", text: value.trim() }));
  const filled = components ?? (parameters.length > 0 ? [{ type: "body", parameters }] : []);
  return {
    type: "template",
    template: {
      name: name.trim(),
      language: { code: language.trim() },
      ...(filled.length > 0 ? { components: filled } : {}),
    },
  };
}
