// How a message looks on the phone. Everything is built as nodes: what people write is never markup.

export function node(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** One line that says what a message holds, for lists and quotes. */
export function summary(payload, words) {
  const content = payload?.[payload?.type] ?? {};
  switch (payload?.type) {
    case "text": return content.body ?? "";
    case "image": return `📷 ${content.caption ?? words.photo}`;
    case "video": return `🎬 ${content.caption ?? words.video}`;
    case "audio": return `🎤 ${words.voice}`;
    case "document": return `📄 ${content.filename ?? content.caption ?? words.document}`;
    case "sticker": return `🏷️ ${words.sticker}`;
    case "location": return `📍 ${content.name ?? words.location}`;
    case "contacts": return `👤 ${content[0]?.name?.formatted_name ?? words.contact}`;
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
    box.append(node("p", "failed", `⚠ ${words.failed}${code}`));
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
      const [sign, ...rest] = summary(payload, words).split(" ");
      const part = node("div", "part", node("span", "sign", sign), node("span", "", rest.join(" ")));
      return content.caption && payload.type === "document" ? [part, text(content.caption)] : [part, text("")];
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
    return node("li", "options", node("button", "", `↗ ${action.parameters?.display_text ?? words.call_to_action}`));
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
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 17 12");
  svg.setAttribute("class", status === "read" ? "ticks read" : "ticks");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", status);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", status === "sent" ? "M4 7l3 3 6-8" : "M1 7l3 3 6-8M8.500 9.500l.5.5 6-8");
  svg.append(path);
  return svg;
}
