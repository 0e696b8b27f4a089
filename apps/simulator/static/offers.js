// What may be tapped: buttons, lists, flows, goods, orders. An answer goes out as WhatsApp's does.
import { header } from "./media.js";
import { away, money, node, sign, tap, words } from "./nodes.js";
import { basket, form, rows } from "./sheet.js";

/** What may be tapped below a message. */
export const actions = (...buttons) => node("div", "actions", buttons);

/** The nodes of an interactive message; `send` takes the customer's answer. */
export function interactive(content, context) {
  const { text, send } = context;
  const answered = content.button_reply ?? content.list_reply;
  if (answered)
    return [words(answered.title), answered.description ? node("small", "muted", answered.description) : null];
  if (content.nfm_reply)
    return [
      node(
        "div",
        "part",
        sign("flow"),
        node("span", "", node("b", "", content.nfm_reply.body ?? ""), node("small", "", text.flow_answer)),
      ),
    ];
  if (content.call_permission_reply)
    return [words(text[content.call_permission_reply.response === "accept" ? "call_allowed" : "call_refused"])];
  const { action = {}, type } = content;
  const top = [
    header(content.header, text),
    content.body?.text ? words(content.body.text, content.footer ? "" : "body") : null,
    content.footer?.text ? words(content.footer.text, "footer body") : null,
  ];
  if (type === "product") top.unshift(product(action.product_retailer_id, text));
  if (type === "catalog_message")
    top.unshift(product(action.parameters?.thumbnail_product_retailer_id ?? text.catalog, text));
  if (type === "order_details" || type === "order_status") top.unshift(order(action.parameters ?? {}, text));
  if (type === "carousel")
    return [
      top,
      node(
        "div",
        "carousel",
        (action.cards ?? []).map((card) => one(card, context)),
      ),
    ];
  return [top, buttons(type, action, { text, send })];
}

function buttons(type, action, { text, send }) {
  const reply = (interactive) => send({ type: "interactive", interactive });
  const parameters = action.parameters ?? {};
  switch (type) {
    case "button":
      return actions(
        (action.buttons ?? []).map(({ reply: own }) =>
          tap("reply", own.title, () => reply({ type: "button_reply", button_reply: own })),
        ),
      );
    case "list":
      return actions(
        tap("list", action.button, () => rows(action, text, (row) => reply({ type: "list_reply", list_reply: row }))),
      );
    case "cta_url":
      return actions(away(parameters.display_text ?? text.call_to_action, parameters.url ?? ""));
    case "location_request_message":
      return actions(
        tap("location", text.send_location, () =>
          send({
            type: "location",
            location: { latitude: -16.5, longitude: -68.15, name: "La Paz", address: "Plaza Murillo" },
          }),
        ),
      );
    case "flow":
      return actions(tap("flow", parameters.flow_cta, () => flow(parameters, text, reply)));
    case "address_message":
      return actions(
        tap("location", text.give_address, () =>
          form(
            text.give_address,
            JSON.stringify({ name: "Ana", address: "1 Example Rd", city: "Mumbai", in_pin_code: "400063" }, null, 2),
            text,
            (values) =>
              reply({
                type: "nfm_reply",
                nfm_reply: { name: "address_message", body: text.location, response_json: JSON.stringify({ values }) },
              }),
          ),
        ),
      );
    case "call_permission_request": {
      const week = Math.floor(Date.now() / 1000) + 7 * 86_400;
      const permit = (response) =>
        reply({
          type: "call_permission_reply",
          call_permission_reply: {
            response,
            is_permanent: false,
            expiration_timestamp: String(week),
            response_source: "user_action",
          },
        });
      return actions(
        tap("call", text.allow_calls, () => permit("accept")),
        tap(null, text.not_now, () => permit("reject")),
      );
    }
    case "voice_call":
      return actions(tap("call", parameters.display_text ?? text.call, () => {}));
    case "request_contact_info":
      return actions(tap("contacts", text.share_contact, () => send("contact")));
    case "product":
      return actions(
        tap("bag", text.view, () => basket([{ title: "", product_items: [action] }], action.catalog_id, text, send)),
      );
    case "product_list":
      return actions(tap("bag", text.view_items, () => basket(action.sections ?? [], action.catalog_id, text, send)));
    case "catalog_message": {
      const item = { product_retailer_id: parameters.thumbnail_product_retailer_id ?? "SKU-1" };
      return actions(
        tap("bag", text.view_catalog, () =>
          basket([{ title: text.catalog, product_items: [item] }], "catalog", text, send),
        ),
      );
    }
    case "order_details":
      return actions(tap("bag", text.review_and_pay, () => {}));
    case "order_status":
      return actions(tap("bag", text.view_order, () => {}));
    default:
      return node("p", "tag", `${text.other_type} ${type ?? "?"}`);
  }
}

/** The form of a flow, whose answer is made up here. */
export function flow(parameters, text, reply) {
  const { flow_token: token, flow_action_payload: payload, flow_id: id, flow_name: name } = parameters;
  const answer = { ...(token ? { flow_token: token } : {}), ...(payload?.data ?? {}) };
  const title = [parameters.flow_cta, name ?? id, payload?.screen].filter(Boolean).join(" · ");
  form(title, JSON.stringify(answer, null, 2), text, (values) =>
    reply({ type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: JSON.stringify(values) } }),
  );
}

/** Goods of which nothing but the number is known here. */
function product(id, text) {
  return node(
    "div",
    "part product",
    node("span", "shelf", sign("bag")),
    node("span", "", node("b", "", id ?? "?"), node("small", "", text.product)),
  );
}

/** An order with what it costs. */
function order({ reference_id: reference, order: own = {}, total_amount: total, currency }, text) {
  const line = (label, amount, strong) =>
    node("p", strong ? "sum strong" : "sum", node("span", "", label), node("span", "", money(amount, currency)));
  const items = (own.items ?? []).map((item) =>
    line(`${item.quantity} × ${item.name}`, {
      ...item.amount,
      value: (item.sale_amount ?? item.amount).value * item.quantity,
    }),
  );
  const extras = ["tax", "shipping", "discount"]
    .filter((key) => own[key]?.value)
    .map((key) => line(text[key], { ...own[key], value: key === "discount" ? -own[key].value : own[key].value }));
  const state = text[`order_${own.status}`] ?? own.status ?? "";
  return node(
    "div",
    "order",
    node("p", "sum", node("b", "", `${text.order} ${reference ?? ""}`), node("span", "state", state)),
    own.description ? words(own.description, "muted") : null,
    items,
    extras,
    total ? line(text.total, total, true) : null,
  );
}

/** A card of a carousel. */
function one(card, { text, send }) {
  const action = card.action ?? {};
  if (card.type === "product") {
    return node(
      "div",
      "card",
      product(action.product_retailer_id, text),
      actions(
        tap("bag", text.view, () => basket([{ title: "", product_items: [action] }], action.catalog_id, text, send)),
      ),
    );
  }
  const replies = (action.buttons ?? []).map(({ quick_reply: own }) =>
    tap("reply", own.title, () =>
      send({ type: "interactive", interactive: { type: "button_reply", button_reply: own } }),
    ),
  );
  const link = action.parameters ? away(action.parameters.display_text, action.parameters.url) : null;
  return node(
    "div",
    "card",
    header(card.header, text),
    card.body?.text ? words(card.body.text, "") : null,
    actions(replies, link),
  );
}
