// What may be tapped: buttons, lists, flows, goods, orders. An answer goes out as WhatsApp's does.
import { header } from "./media.js";
import { away, money, node, sign, tap, words } from "./nodes.js";
import { basket, form, rows } from "./sheet.js";

const actions = (...buttons) => node("div", "actions", buttons);

/** The nodes of an interactive message; `send` takes the customer's answer. */
export function interactive(content, context) {
  const { text, send } = context;
  const answered = content.button_reply ?? content.list_reply;
  if (answered) return [words(answered.title), answered.description ? node("small", "muted", answered.description) : null];
  if (content.nfm_reply) return [node("div", "part", sign("flow"), node("span", "", node("b", "", content.nfm_reply.body ?? ""), node("small", "", text.flow_answer)))];
  if (content.call_permission_reply) return [words(text[content.call_permission_reply.response === "accept" ? "call_allowed" : "call_refused"])];
  const { action = {}, type } = content;
  const top = [header(content.header, text), content.body?.text ? words(content.body.text, content.footer ? "" : "body") : null,
    content.footer?.text ? words(content.footer.text, "footer body") : null];
  if (type === "product") top.unshift(product(action.product_retailer_id, text));
  if (type === "catalog_message") top.unshift(product(action.parameters?.thumbnail_product_retailer_id ?? text.catalog, text));
  if (type === "order_details" || type === "order_status") top.unshift(order(action.parameters ?? {}, text));
  if (type === "carousel") return [top, node("div", "carousel", (action.cards ?? []).map((card) => one(card, context)))];
  return [top, buttons(type, action, content, { text, send })];
}

function buttons(type, action, content, { text, send }) {
  const reply = (interactive) => send({ type: "interactive", interactive });
  const parameters = action.parameters ?? {};
  switch (type) {
    case "button":
      return actions((action.buttons ?? []).map(({ reply: own }) => tap("reply", own.title, () => reply({ type: "button_reply", button_reply: own }))));
    case "list":
      return actions(tap("list", action.button, () => rows(action, text, (row) => reply({ type: "list_reply", list_reply: row }))));
    case "cta_url": return actions(away(parameters.display_text ?? text.call_to_action, parameters.url ?? ""));
    case "location_request_message":
      return actions(tap("location", text.send_location, () => send({ type: "location", location: { latitude: -16.5, longitude: -68.15, name: "La Paz", address: "Plaza Murillo" } })));
    case "flow": return actions(tap("flow", parameters.flow_cta, () => flow(parameters, text, reply)));
    case "address_message":
      return actions(tap("location", text.give_address, () => form(text.give_address, JSON.stringify({ name: "Ana", address: "1 Example Rd", city: "Mumbai", in_pin_code: "400063" }, null, 2), text, (values) =>
        reply({ type: "nfm_reply", nfm_reply: { name: "address_message", body: text.location, response_json: JSON.stringify({ values }) } }))));
    case "call_permission_request": {
      const week = Math.floor(Date.now() / 1000) + 7 * 86_400;
      const permit = (response) => reply({ type: "call_permission_reply", call_permission_reply: { response, is_permanent: false, expiration_timestamp: String(week), response_source: "user_action" } });
      return actions(tap("call", text.allow_calls, () => permit("accept")), tap(null, text.not_now, () => permit("reject")));
    }
    case "voice_call": return actions(tap("call", parameters.display_text ?? text.call, () => {}));
    case "request_contact_info": return actions(tap("contacts", text.share_contact, () => send("contact")));
    case "product": return actions(tap("bag", text.view, () => basket([{ title: "", product_items: [action] }], action.catalog_id, text, send)));
    case "product_list": return actions(tap("bag", text.view_items, () => basket(action.sections ?? [], action.catalog_id, text, send)));
    case "catalog_message": {
      const item = { product_retailer_id: parameters.thumbnail_product_retailer_id ?? "SKU-1" };
      return actions(tap("bag", text.view_catalog, () => basket([{ title: text.catalog, product_items: [item] }], "catalog", text, send)));
    }
    case "order_details": return actions(tap("bag", text.review_and_pay, () => {}));
    case "order_status": return actions(tap("bag", text.view_order, () => {}));
    default: return node("p", "tag", `${text.other_type} ${type ?? "?"}`);
  }
}

function flow(parameters, text, reply) {
  const { flow_token: token, flow_action_payload: payload, flow_id: id, flow_name: name } = parameters;
  const answer = { ...(token ? { flow_token: token } : {}), ...(payload?.data ?? {}) };
  const title = [parameters.flow_cta, name ?? id, payload?.screen].filter(Boolean).join(" · ");
  form(title, JSON.stringify(answer, null, 2), text, (values) =>
    reply({ type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: JSON.stringify(values) } }));
}

/** Goods of which nothing but the number is known here. */
function product(id, text) {
  return node("div", "part product", node("span", "shelf", sign("bag")), node("span", "", node("b", "", id ?? "?"), node("small", "", text.product)));
}

/** An order with what it costs. */
function order({ reference_id: reference, order: own = {}, total_amount: total, currency }, text) {
  const line = (label, amount, strong) => node("p", strong ? "sum strong" : "sum", node("span", "", label), node("span", "", money(amount, currency)));
  const items = (own.items ?? []).map((item) => line(`${item.quantity} × ${item.name}`, { ...item.amount, value: (item.sale_amount ?? item.amount).value * item.quantity }));
  const extras = ["tax", "shipping", "discount"].filter((key) => own[key]?.value).map((key) => line(text[key], { ...own[key], value: key === "discount" ? -own[key].value : own[key].value }));
  const state = text[`order_${own.status}`] ?? own.status ?? "";
  return node("div", "order", node("p", "sum", node("b", "", `${text.order} ${reference ?? ""}`), node("span", "state", state)),
    own.description ? words(own.description, "muted") : null, items, extras, total ? line(text.total, total, true) : null);
}

/** A card of a carousel. */
function one(card, { text, send }) {
  const action = card.action ?? {};
  if (card.type === "product") {
    return node("div", "card", product(action.product_retailer_id, text), actions(tap("bag", text.view, () => basket([{ title: "", product_items: [action] }], action.catalog_id, text, send))));
  }
  const replies = (action.buttons ?? []).map(({ quick_reply: own }) => tap("reply", own.title, () => send({ type: "interactive", interactive: { type: "button_reply", button_reply: own } })));
  const link = action.parameters ? away(action.parameters.display_text, action.parameters.url) : null;
  return node("div", "card", header(card.header, text), card.body?.text ? words(card.body.text, "") : null, actions(replies, link));
}

/** The nodes of a template: filled in where the account has it, else what was sent of it. */
export function template(content, view, context) {
  const { text } = context;
  if (!view) {
    const parameters = (content.components ?? []).flatMap((part) => part.parameters ?? []);
    const values = parameters.map((parameter) => parameter.text ?? parameter[parameter.type]?.fallback_value).filter(Boolean).join(" · ");
    const quick = (content.components ?? []).filter((part) => `${part.sub_type}`.toLowerCase() === "quick_reply").map((part) => ({ type: "QUICK_REPLY", text: part.parameters?.[0]?.payload, payload: part.parameters?.[0]?.payload }));
    return [node("p", "tag", text.template), words(content.name, "title"), words(values || content.language?.code), quick.length ? ofTemplate(quick, context) : null];
  }
  const parts = [view.offer ? offer(view.offer, text) : null, header(view.header, text), view.body ? words(view.body, view.footer ? "" : "body") : null,
    view.footer ? words(view.footer, "footer body") : null, view.buttons?.length ? ofTemplate(view.buttons, context) : null];
  if (view.cards) parts.push(node("div", "carousel", view.cards.map((card) => node("div", "card", template(content, card, context)))));
  return parts;
}

function offer({ text: own, until_ms: until }, text) {
  const end = until ? new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(until)) : "";
  return node("div", "part offer", sign("clock"), node("span", "", node("b", "", own ?? text.offer), node("small", "", end ? `${text.until} ${end}` : "")));
}

function ofTemplate(list, { text, send }) {
  const button = (own) => {
    switch (`${own.type}`.toUpperCase()) {
      case "QUICK_REPLY": return tap("reply", own.text, () => send({ type: "button", button: { payload: own.payload ?? own.text, text: own.text } }));
      case "URL": return away(own.text, own.url ?? "");
      case "OTP": case "COPY_CODE": return tap("copy", own.text, () => navigator.clipboard?.writeText(own.coupon_code ?? "").catch(() => {}));
      case "PHONE_NUMBER": case "VOICE_CALL": return tap("call", own.text, () => {});
      case "FLOW": return tap("flow", own.text, () => flow({ flow_token: own.action?.flow_token, flow_cta: own.text, flow_action_payload: { data: own.action?.flow_action_data } }, text, (interactive) => send({ type: "interactive", interactive })));
      case "MPM": return tap("bag", own.text, () => basket(own.action?.sections ?? [], "catalog", text, send));
      case "CATALOG": case "SPM": return tap("bag", own.text, () => basket([{ title: text.catalog, product_items: [{ product_retailer_id: own.action?.thumbnail_product_retailer_id ?? "SKU-1" }] }], "catalog", text, send));
      default: return tap(null, own.text ?? own.type, () => {});
    }
  };
  return actions(list.map(button));
}
