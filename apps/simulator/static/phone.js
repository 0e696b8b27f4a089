import { bubble, reactions, summary } from "./bubble.js";
import { initials, node } from "./nodes.js";

const $ = (id) => document.getElementById(id);
const state = { words: {}, all: {}, language: "es", lines: [], line: null, phone: null, stream: null, typing: 0 };

async function get(path, parameters) {
  const answer = await fetch(`simulator/${path}?${new URLSearchParams(parameters ?? {})}`);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function post(path, body) {
  const answer = await fetch(`simulator/${path}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  return answer.json();
}

// Words

function speak(language) {
  state.language = state.all[language] ? language : "es";
  state.words = state.all[state.language];
  document.documentElement.lang = state.language === "pt" ? "pt-BR" : state.language;
  localStorage.setItem("language", state.language);
  $("language").value = state.language;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = state.words[element.dataset.word];
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = state.words[element.dataset.placeholder];
}

const clock = (at) => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date(at));

function day(at) {
  const date = new Date(at);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 864e5);
  if (days === 0) return state.words.today;
  if (days === 1) return state.words.yesterday;
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium" }).format(date);
}

// Lines and people

async function showLines() {
  const { lines } = await get("lines");
  state.lines = lines;
  if (!lines.some((line) => line.phone_number_id === state.line)) state.line = lines[0]?.phone_number_id ?? null;
  $("line").replaceChildren(...lines.map((line) => {
    const option = node("option", "", `${line.verified_name || state.words.business} · ${line.display_phone_number}`);
    option.value = line.phone_number_id;
    return option;
  }));
  if (state.line) $("line").value = state.line;
  $("new").hidden = !state.line;
}

async function showPeople() {
  const { chats } = state.line ? await get("chats", { phone_number_id: state.line }) : { chats: [] };
  $("rows").replaceChildren(...chats.map(row));
  $("people-hint").hidden = chats.length > 0;
  $("people-hint").textContent = state.line ? state.words.empty_people : state.words.no_lines;
}

function row(chat) {
  const face = node("span", "face", initials(chat.name));
  face.ariaHidden = "true";
  const when = chat.last ? (day(chat.last.at) === state.words.today ? clock(chat.last.at) : day(chat.last.at)) : "";
  const last = chat.last ? summary(chat.last.payload, state.words) : `+${chat.from}`;
  const badge = chat.unread ? node("span", "badge", String(chat.unread)) : null;
  const button = node("button", "row", face, node("span", "name", chat.name), node("span", "when", when), node("span", "last", last), badge);
  button.type = "button";
  button.addEventListener("click", () => open(chat.from));
  return node("li", "", button);
}

// One chat

function open(phone) {
  state.phone = phone;
  const line = state.lines.find(({ phone_number_id: id }) => id === state.line);
  const name = line?.verified_name || state.words.business;
  $("business").textContent = name;
  $("face").textContent = initials(name);
  $("people").hidden = true;
  $("chat").hidden = false;
  location.hash = `${state.line}/${phone}`;
  listen();
  showChat(true);
  $("text").focus();
}

function close() {
  state.phone = null;
  $("chat").hidden = true;
  $("people").hidden = false;
  location.hash = "";
  listen();
  showPeople();
}

async function showChat(jump) {
  const chat = await get("chats", { phone_number_id: state.line, from: state.phone });
  if (chat.from !== state.phone) return;
  const messages = chat.messages ?? [];
  // What has not changed is left alone: a voice message goes on playing.
  const picture = JSON.stringify([state.language, chat.from, messages.map((message) => [message.wamid, message.status])]);
  if (picture !== state.picture || jump) draw(messages, jump);
  state.picture = picture;
  const closes = chat.window_closes_at && new Date(chat.window_closes_at);
  $("window").textContent = closes > new Date()
    ? `${state.words.window_open} ${day(closes) === state.words.today ? clock(closes) : `${closes.toLocaleDateString(document.documentElement.lang)} ${clock(closes)}`}`
    : state.words.window_closed;
  $("presence").textContent = Date.now() < state.typing ? state.words.typing : `${state.words.customer}: ${chat.name}`;
}

function draw(messages, jump) {
  const thread = $("thread");
  const atEnd = jump || thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  const known = new Map(messages.map((message) => [message.wamid, message]));
  const marks = reactions(messages);
  const items = [];
  let before = null;
  for (const message of messages) {
    const today = day(message.at);
    if (!before || day(before.at) !== today) items.push(node("li", "day", today));
    const shown = bubble(message, {
      words: state.words, time: clock(message.at), quoted: known.get(message.payload?.context?.id),
      known: known.has(message.payload?.reaction?.message_id), reacted: marks.get(message.wamid),
      first: before?.direction !== message.direction, send: (answer) => answerTo(message, answer),
    });
    items.push(...shown);
    if (shown.length) before = message;
  }
  if (!messages.length) items.push(node("li", "empty", state.words.empty_chat));
  thread.replaceChildren(...items);
  if (atEnd) thread.scrollTop = thread.scrollHeight;
}

/** What the customer taps is an answer to the message it stands in. */
function answerTo(message, answer) {
  if (answer === "contact") {
    const number = `+${state.phone}`;
    return write({ message: { type: "contacts", contacts: [{ phones: [{ phone: number }], origin: "contact_request", vcard: `BEGIN:VCARD\nVERSION:3.0\nTEL:${number}\nEND:VCARD` }] } });
  }
  if (answer.type === "reaction") {
    return write({ message: { type: "reaction", reaction: { message_id: message.wamid, ...answer.reaction } } });
  }
  const from = state.lines.find(({ phone_number_id: id }) => id === state.line)?.display_phone_number.replace(/\D/g, "");
  return write({ message: { ...answer, context: { from, id: message.wamid } } });
}

async function write(content) {
  const { delivery } = await post("inbound", { phone_number_id: state.line, from: state.phone, ...content });
  if (!delivery || delivery.delivered) notice("");
  else notice(delivery.attempts ? state.words.not_delivered : state.words.no_callback);
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}

// Events: a stream that names a chat has it on screen, so the customer reads what arrives.

function listen() {
  state.stream?.close();
  const looking = state.phone ? { phone_number_id: state.line, from: state.phone } : {};
  const stream = new EventSource(`simulator/events?${new URLSearchParams(looking)}`);
  stream.addEventListener("open", () => { notice(""); refresh(); });
  stream.addEventListener("error", () => notice(state.words.offline));
  stream.addEventListener("message", ({ data }) => {
    const event = JSON.parse(data);
    if (event.kind === "typing" && event.from === state.phone) {
      state.typing = Date.now() + 25e3;
      setTimeout(refresh, 25.1e3);
    } else if (event.kind === "message") {
      state.typing = 0;
    }
    if (event.kind === "lines") showLines();
    refresh();
  });
  state.stream = stream;
}

let waiting = false;
function refresh() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    (state.phone ? showChat(false) : showPeople()).catch(() => notice(state.words.offline));
  });
}

// Controls

$("language").addEventListener("change", async ({ target }) => { speak(target.value); await showLines(); refresh(); });
$("line").addEventListener("change", ({ target }) => { state.line = target.value; refresh(); });
$("back").addEventListener("click", close);
$("new").addEventListener("click", () => { $("newcomer").reset(); $("newcomer-error").hidden = true; $("dialog").showModal(); });
$("cancel").addEventListener("click", () => $("dialog").close());

$("newcomer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const phone = $("number").value.replace(/\D/g, "");
  if (phone.length < 5 || phone.length > 15) {
    $("newcomer-error").textContent = state.words.error_phone;
    $("newcomer-error").hidden = false;
    return;
  }
  await post("people", { phone, name: $("name").value.trim() });
  $("dialog").close();
  open(phone);
});

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  write({ text });
});

/** The largest file that fits into a request of the page's. */
const LARGEST = 5 * 1024 * 1024;

$("file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  if (file.size > LARGEST) { notice(state.words.too_large); target.value = ""; return; }
  const bytes = new Uint8Array(await file.arrayBuffer());
  target.value = "";
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  const [family] = file.type.split("/");
  const type = file.type === "image/webp" ? "sticker" : ["image", "video", "audio"].includes(family) ? family : "document";
  const caption = type === "sticker" || type === "audio" ? "" : $("text").value.trim();
  if (caption) $("text").value = "";
  write({ media: {
    type, data: btoa(binary), mime_type: file.type || "application/octet-stream",
    ...(type === "document" ? { filename: file.name } : {}), ...(caption ? { caption } : {}), ...(type === "audio" ? { voice: false } : {}),
  } });
});

$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});

async function start() {
  state.all = await (await fetch("words.json")).json();
  speak(localStorage.getItem("language") ?? "es");
  const [line, phone] = location.hash.slice(1).split("/");
  state.line = line || null;
  await showLines();
  if (phone && state.line === line) open(phone);
  else { listen(); await showPeople(); }
}

start();
