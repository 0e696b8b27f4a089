// Files, places and cards inside a bubble.
import { initials, node, sign, tap, words } from "./nodes.js";

const source = (media) => (media?.id ? `simulator/media/${encodeURIComponent(media.id)}` : null);

/** Where a file would be: with a sign and what is known of it. */
function absent(kind, media) {
  let from = media?.link ?? media?.id ?? "";
  try {
    from = media?.link ? new URL(media.link).host : from;
  } catch {
    /* Not an address; shown as it is. */
  }
  return node("div", `frame absent ${kind}`, sign(kind), node("small", "", from));
}

function picture(kind, media, text) {
  const address = source(media);
  if (!address) return absent(kind, media);
  const image = node("img", kind);
  image.src = address;
  image.alt = media.caption ?? text[kind === "sticker" ? "sticker" : "photo"];
  image.addEventListener("error", () => image.replaceWith(absent(kind, media)));
  return kind === "sticker" ? image : node("div", "frame", image);
}

function film(media) {
  const address = source(media);
  if (!address) return absent("video", media);
  const video = node("video", "");
  video.src = address;
  video.controls = true;
  video.preload = "metadata";
  video.addEventListener("error", () => video.replaceWith(absent("video", media)));
  return node("div", "frame", video);
}

/** Bars whose heights follow from the id: the same message always looks the same. */
function wave(seed) {
  let state = [...seed].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 9973, 7);
  const bars = Array.from({ length: 32 }, () => {
    state = (state * 131 + 17) % 9973;
    return node("i", `h${1 + (state % 6)}`);
  });
  return node("span", "wave", bars);
}

function sound(media, text) {
  const button = node("button", "play", sign("play"));
  button.type = "button";
  button.ariaLabel = text.play;
  const length = node("small", "", "0:00");
  const address = source(media);
  const audio = new Audio();
  audio.preload = "metadata";
  const show = (seconds) => {
    length.textContent = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  };
  audio.addEventListener("loadedmetadata", () => {
    if (Number.isFinite(audio.duration)) show(audio.duration);
  });
  audio.addEventListener("timeupdate", () => show(audio.currentTime));
  for (const event of ["play", "pause", "ended"]) {
    audio.addEventListener(event, () => button.replaceChildren(sign(audio.paused ? "play" : "pause")));
  }
  button.addEventListener("click", () => {
    if (audio.paused) audio.play().catch(() => {});
    else audio.pause();
  });
  button.disabled = !address;
  if (address) audio.src = address;
  const isVoice = media?.voice !== false;
  return node(
    "div",
    "voice",
    button,
    wave(media?.id ?? media?.link ?? ""),
    length,
    sign(isVoice ? "audio" : "document", "small"),
  );
}

function paper(media, text) {
  const name = media?.filename ?? text.document;
  const kind = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toUpperCase() ?? "";
  const inside = [
    node("span", "ext", kind || sign("document")),
    node("span", "", node("b", "", name), node("small", "", kind || text.document)),
  ];
  const address = source(media);
  if (!address) return node("div", "part", inside);
  const link = node("a", "part", inside);
  link.href = address;
  link.download = name;
  return link;
}

/** A place: a drawn map, for nothing is loaded from elsewhere. */
function place({ latitude, longitude, name, address }) {
  const where = `${Number(latitude).toFixed(4)}, ${Number(longitude).toFixed(4)}`;
  return [
    node("div", "map", sign("location", "pinned")),
    node("div", "under", node("b", "", name ?? where), node("small", "", address ?? (name ? where : ""))),
  ];
}

function card(contact, text) {
  const name = contact.name?.formatted_name ?? contact.phones?.[0]?.phone ?? text.contact;
  const lines = [
    ...(contact.phones ?? []).map((phone) => phone.phone ?? phone.wa_id),
    ...(contact.emails ?? []).map((mail) => mail.email),
    contact.org?.company,
  ];
  return node(
    "div",
    "part contact",
    node("span", "face", initials(name)),
    node(
      "span",
      "",
      node("b", "", name),
      lines.filter((line) => line && line !== name).map((line) => node("small", "", line)),
    ),
  );
}

/** The nodes of a media message, a place or cards. */
export function media(kind, content, text) {
  switch (kind) {
    case "image":
    case "sticker":
      return [picture(kind, content, text)];
    case "video":
      return [film(content)];
    case "audio":
      return [sound(content, text)];
    case "document":
      return [paper(content, text)];
    case "location":
      return place(content);
    case "contacts": {
      const cards = Array.isArray(content) ? content : [];
      return [
        ...cards.map((contact) => card(contact, text)),
        node(
          "div",
          "actions",
          tap(null, text.view_contact, (event) => event.preventDefault()),
        ),
      ];
    }
    default:
      return [];
  }
}

/** The media header of an interactive message or a template. */
export function header(part, text) {
  if (!part) return null;
  if (part.type === "text" || part.text) return words(part.text ?? "", "title");
  return media(part.type, part[part.type] ?? {}, text);
}
