// How a message looks on the phone.
import { media } from "./media.js";
import { words as marked, node, sign, ticks } from "./nodes.js";
import { interactive } from "./offers.js";
import { template } from "./template.js";

const MEDIA = ["image", "video", "audio", "document", "sticker", "location", "contacts"];
const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/** One line that says what a message holds, for lists and quotes. */
export function summary(payload, words) {
  const content = payload?.[payload?.type] ?? {};
  switch (payload?.type) {
    case "text":
      return content.body ?? "";
    case "image":
      return content.caption ?? words.photo;
    case "video":
      return content.caption ?? words.video;
    case "audio":
      return words.voice;
    case "document":
      return content.filename ?? content.caption ?? words.document;
    case "sticker":
      return words.sticker;
    case "location":
      return content.name ?? words.location;
    case "contacts":
      return content[0]?.name?.formatted_name ?? words.contact;
    case "reaction":
      return content.emoji ? `${words.reaction} ${content.emoji}` : words.reaction_removed;
    case "interactive":
      return (
        content.body?.text ??
        (content.button_reply ?? content.list_reply)?.title ??
        content.nfm_reply?.body ??
        words.product
      );
    case "button":
      return content.text ?? "";
    case "order":
      return `${words.order} · ${(content.product_items ?? []).length}`;
    case "template":
      return payload.view?.body || `${words.template}: ${content.name ?? ""}`;
    case "pin":
      return words.pinned;
    default:
      return `${words.other_type} ${payload?.type ?? "?"}`;
  }
}

/** The reactions to each message: the last one of either side, by its wamid. */
export function reactions(messages) {
  const all = new Map();
  for (const { payload, direction, status } of messages) {
    if (payload?.type !== "reaction" || status === "failed") continue;
    const { message_id: target, emoji } = payload.reaction;
    const both = all.get(target) ?? {};
    both[direction] = emoji || undefined;
    all.set(target, both);
  }
  return all;
}

/** The nodes of one message; nothing for one that only marks another. */
export function bubble(message, context) {
  const { words, quoted, first, reacted, send } = context;
  const { payload, direction, status } = message;
  if (payload?.type === "reaction" && status !== "failed" && context.known) return [];
  if (payload?.type === "pin") return [node("li", "day", sign("pin", "small"), ` ${words.pinned}`)];
  const bare = payload?.type === "sticker" ? " bare" : "";
  const box = node("li", `bubble ${direction}${first ? " first" : ""}${bare} of-${payload?.type}`);
  if (quoted) box.append(node("p", "quote", summary(quoted.payload, words)));
  box.append(...body(payload, { text: words, send }).flat(3).filter(Boolean));
  // What may be tapped stands below the time, as a part of the bubble.
  const actions = [...box.children].find((child) => child.className === "actions");
  const meta = node("span", "meta", context.time);
  if (direction === "in") meta.append(ticks(status));
  if (status === "failed") {
    const code = message.error_code ? ` (${message.error_code})` : "";
    box.insertBefore(node("p", "failed", `${words.failed}${code}`), actions ?? null);
  }
  box.insertBefore(meta, actions ?? null);
  const marks = [...new Set([reacted?.in, reacted?.out].filter(Boolean))];
  if (marks.length) box.append(node("span", "reacted", marks.join("")));
  if (direction === "out" && status !== "failed") box.append(reactor(reacted?.in, words, send));
  return [box];
}

/** The small face beside a bubble that opens the choice of emoji. */
function reactor(current, words, send) {
  const choice = node(
    "span",
    "emoji",
    EMOJI.map((emoji) => {
      const button = node("button", emoji === current ? "chosen" : "", emoji);
      button.type = "button";
      button.addEventListener("click", () => send({ type: "reaction", reaction: emoji === current ? {} : { emoji } }));
      return button;
    }),
  );
  choice.hidden = true;
  const face = node("button", "face-button", sign("smile", "small"));
  face.type = "button";
  face.ariaLabel = words.react;
  face.addEventListener("click", () => {
    choice.hidden = !choice.hidden;
  });
  return node("span", "reactor", face, choice);
}

function body(payload, context) {
  const { text: words } = context;
  const kind = payload?.type;
  const content = payload?.[kind] ?? {};
  if (MEDIA.includes(kind)) return [media(kind, content, words), content.caption ? marked(content.caption) : null];
  switch (kind) {
    case "text":
      return [marked(content.body)];
    case "interactive":
      return [interactive(content, context)];
    case "template":
      return [template(content, payload.view, context)];
    case "button":
      return [marked(content.text)];
    case "order":
      return [
        node(
          "div",
          "part",
          sign("bag"),
          node(
            "span",
            "",
            node("b", "", words.order),
            (content.product_items ?? []).map((item) =>
              node("small", "", `${item.quantity} × ${item.product_retailer_id}`),
            ),
          ),
        ),
      ];
    default:
      return [marked(summary(payload, words))];
  }
}
