// How a message looks on the phone. Everything is built as nodes: what people write is never markup.

export function node(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

function drawing(className, viewBox, d) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("class", className);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

const SIGNS = {
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  video: "M3 6h12v12H3zM15 10l6-3v10l-6-3",
  audio: "M9 6a3 3 0 0 1 6 0v6a3 3 0 0 1-6 0zM5 12a7 7 0 0 0 14 0M12 19v3",
  document: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  sticker: "M4 4h16v10l-6 6H4zM14 20v-6h6",
  location: "M12 21s-7-6-7-11a7 7 0 0 1 14 0c0 5-7 11-7 11zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  contacts: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0",
};

/** One line that says what a message holds, for lists and quotes. */
export function summary(payload, words) {
  const content = payload?.[payload?.type] ?? {};
  switch (payload?.type) {
    case "text": return content.body ?? "";
    case "image": return content.caption ?? words.photo;
    case "video": return content.caption ?? words.video;
    case "audio": return words.voice;
    case "document": return content.filename ?? content.caption ?? words.document;
    case "sticker": return words.sticker;
    case "location": return content.name ?? words.location;
    case "contacts": return content[0]?.name?.formatted_name ?? words.contact;
    case "reaction": return `${words.reaction} ${content.emoji ?? ""}`;
    case "interactive": return content.body?.text ?? content.button_reply?.title ?? content.list_reply?.title ?? "";
    case "button": return content.text ?? "";
    case "template": return `${words.template}: ${content.name ?? ""}`;
    default: return `${words.other_type} ${payload?.type ?? "?"}`;
  }
}

/** The nodes of one message: the bubble, and below it the options it offers. */
export function bubble(message, { words, time, quoted, first, choose }) {
  const { payload } = message;
  const box = node("li", `bubble ${message.direction}${first ? " first" : ""}`);
  if (quoted) box.append(node("p", "quote", summary(quoted.payload, words)));
  box.append(...body(payload, words));
  if (message.status === "failed") {
    const code = message.error_code ? ` (${message.error_code})` : "";
    box.append(node("p", "failed", `${words.failed}${code}`));
  }
  const meta = node("span", "meta", time);
  if (message.direction === "in") meta.append(ticks(message.status));
  box.append(meta);
  const options = choices(payload, words, choose, message);
  return options ? [box, options] : [box];
}

function body(payload, words) {
  const content = payload?.[payload?.type] ?? {};
  const text = (value) => node("p", "body", value);
  switch (payload?.type) {
    case "text": return [text(content.body)];
    case "image": case "video": case "audio": case "document": case "sticker": case "location": case "contacts": {
      const part = node("div", "part", drawing("sign", "0 0 24 24", SIGNS[payload.type]), node("span", "", summary(payload, words)));
      const hasCaption = payload.type === "document" && content.filename && content.caption;
      return [part, text(hasCaption ? content.caption : "")];
    }
    case "interactive": {
      if (!content.body) return [text(summary(payload, words))];
      const header = content.header?.text ? node("p", "title", content.header.text) : null;
      const footer = content.footer?.text ? node("p", "footer body", content.footer.text) : null;
      return [header, node("p", footer ? "" : "body", content.body.text), footer].filter(Boolean);
    }
    case "template": {
      const parameters = (content.components ?? []).flatMap((part) => part.parameters ?? []);
      const values = parameters.map((parameter) => parameter.text).filter(Boolean).join(" · ");
      return [node("p", "tag", words.template), node("p", "title", content.name), text(values || content.language?.code)];
    }
    default: return [text(summary(payload, words))];
  }
}

/** The buttons or rows that the business offers. */
function choices(payload, words, choose, message) {
  if (message.direction !== "out" || payload?.type !== "interactive") return null;
  const { action, type } = payload.interactive;
  const replies = [];
  if (type === "button") {
    for (const { reply } of action.buttons ?? []) {
      replies.push({ title: reply.title, answer: { type: "button_reply", button_reply: reply } });
    }
  } else if (type === "list") {
    for (const row of (action.sections ?? []).flatMap((section) => section.rows ?? [])) {
      replies.push({ title: row.title, note: row.description, answer: { type: "list_reply", list_reply: row } });
    }
  } else if (type === "cta_url") {
    return node("li", "options", node("button", "", action.parameters?.display_text ?? words.call_to_action));
  }
  if (!replies.length) return null;
  const list = node("li", "options");
  for (const { title, note, answer } of replies) {
    const button = node("button", "", title, note ? node("small", "", note) : null);
    button.type = "button";
    button.addEventListener("click", () =>
      choose({ type: "interactive", interactive: answer, context: { id: message.wamid } }));
    list.append(button);
  }
  return list;
}

function ticks(status) {
  const one = "M4 7l3 3 6-8";
  const two = "M1 6.500l3 3.500 6-8M8.500 9.500l.5.5 6.500-8";
  const svg = drawing(status === "read" ? "ticks read" : "ticks", "0 0 17 12", status === "sent" ? one : two);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", status);
  return svg;
}
