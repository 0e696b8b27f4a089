// Building blocks. Everything is built as nodes: what people write is never markup.

export function node(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

const SIGNS = {
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  video: "M3 6h12v12H3zM15 10l6-3v10l-6-3",
  audio: "M9 6a3 3 0 0 1 6 0v6a3 3 0 0 1-6 0zM5 12a7 7 0 0 0 14 0M12 19v3",
  document: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  sticker: "M4 4h16v10l-6 6H4zM14 20v-6h6",
  location: "M12 21s-7-6-7-11a7 7 0 0 1 14 0c0 5-7 11-7 11zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  contacts: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0",
  reply: "M10 6L4 12l6 6M4 12h10a6 6 0 0 1 6 6",
  link: "M9 5H5v14h14v-4M13 5h6v6M19 5l-9 9",
  list: "M8 7h12M8 12h12M8 17h12M4 7h.01M4 12h.01M4 17h.01",
  call: "M6 4h4l2 5-3 2a11 11 0 0 0 5 5l2-3 5 2v4c0 1-1 2-2 2A16 16 0 0 1 4 6c0-1 1-2 2-2z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  flow: "M5 4h14v16H5zM9 9h6M9 13h6",
  bag: "M5 8h14l-1 12H6zM9 8a3 3 0 0 1 6 0",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.500 14.500a4.500 4.500 0 0 0 7 0M9 10h.01M15 10h.01",
  pin: "M9 4h6l-1 6 3 4H7l3-4zM12 14v6",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
};

export function drawing(className, viewBox, d) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

export const sign = (name, className = "sign") => drawing(className, "0 0 24 24", SIGNS[name]);

/** A button that does something, with a sign in front. */
export function tap(name, label, act) {
  const button = node("button", "tap", name ? sign(name, "small") : null, node("span", "", label));
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

/** A link to elsewhere, which looks like a button. Nothing but the web may be opened. */
export function away(label, url) {
  const link = node("a", "tap", sign("link", "small"), node("span", "", label));
  link.title = url;
  if (/^https?:\/\//.test(url)) link.href = url;
  link.target = "_blank";
  link.rel = "noreferrer noopener";
  return link;
}

export function ticks(status) {
  const one = "M4 7l3 3 6-8";
  const two = "M1 6.500l3 3.500 6-8M8.500 9.500l.5.5 6.500-8";
  const svg = drawing(status === "read" ? "ticks read" : "ticks", "0 0 17 12", status === "sent" ? one : two);
  svg.removeAttribute("aria-hidden");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", status);
  return svg;
}

const MARKS = [
  [/```([^`]+)```/, "code"],
  [/`([^`\n]+)`/, "code"],
  [/(?<![\w*])\*([^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])/, "b"],
  [/(?<![\w_])_([^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])/, "i"],
  [/(?<![\w~])~([^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])/, "s"],
];

/** Text with WhatsApp's marks: *bold*, _italic_, ~struck~ and `fixed`; links are blue. */
export function marked(text) {
  const address = /https?:\/\/[^\s<>"]+/.exec(text);
  const found = MARKS.map(([mark, name]) => ({ match: mark.exec(text), name })).filter(({ match }) => match);
  if (address) found.push({ match: address, name: "a" });
  if (!found.length) return text ? [text] : [];
  const { match, name } = found.reduce((first, other) => (other.match.index < first.match.index ? other : first));
  const inner = name === "a" ? outward(match[0]) : node(name, "", name === "code" ? match[1] : marked(match[1]));
  return [text.slice(0, match.index), inner, ...marked(text.slice(match.index + match[0].length))].filter(
    (part) => part !== "",
  );
}

function outward(url) {
  const link = node("a", "", url);
  link.href = url;
  link.target = "_blank";
  link.rel = "noreferrer noopener";
  return link;
}

export const words = (text, className = "body") => node("p", className, marked(text ?? ""));

export const initials = (name) =>
  name
    .replace(/^\+/, "")
    .split(/\s+/)
    .map((word) => [...word][0] ?? "")
    .join("")
    .slice(0, 2)
    .toUpperCase();

/** An amount in hundredths, as the page's language writes it. */
export function money({ value = 0, offset = 100 } = {}, currency = "USD") {
  const language = document.documentElement.lang || "es";
  try {
    return new Intl.NumberFormat(language, { style: "currency", currency }).format(value / offset);
  } catch {
    return `${currency} ${(value / offset).toFixed(2)}`;
  }
}
