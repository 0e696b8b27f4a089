// The sheet that comes up from below: the rows of a list, a flow's answer, a basket.
import { node } from "./nodes.js";

function open(title, ...content) {
  const close = node("button", "close", "×");
  close.type = "button";
  const sheet = node("dialog", "sheet", node("header", "", node("h2", "", title), close), content);
  close.addEventListener("click", () => sheet.close());
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
  sheet.addEventListener("close", () => sheet.remove());
  document.querySelector(".phone").append(sheet);
  sheet.showModal();
  return sheet;
}

function primary(label) {
  const button = node("button", "primary", label);
  button.type = "button";
  return button;
}

/** The rows of a list, of which one is chosen and then sent. */
export function rows(action, text, choose) {
  const send = primary(text.send);
  send.disabled = true;
  let chosen = null;
  const sections = (action.sections ?? []).map((section) =>
    node(
      "section",
      "",
      section.title ? node("h3", "", section.title) : null,
      (section.rows ?? []).map((row) => {
        const choice = node("input", "");
        choice.type = "radio";
        choice.name = "row";
        choice.addEventListener("change", () => {
          chosen = row;
          send.disabled = false;
        });
        return node(
          "label",
          "choice",
          node("span", "", node("b", "", row.title), row.description ? node("small", "", row.description) : null),
          choice,
        );
      }),
    ),
  );
  const sheet = open(action.button, node("div", "scroll", sections), send);
  send.addEventListener("click", () => {
    sheet.close();
    choose(chosen);
  });
}

/** What a form would answer, as JSON to change. */
export function form(title, json, text, done) {
  const field = node("textarea", "json");
  field.value = json;
  field.rows = 8;
  field.spellcheck = false;
  field.ariaLabel = text.flow_answer;
  const error = node("p", "error");
  const send = primary(text.send);
  const sheet = open(title, node("p", "muted", text.flow_hint), field, error, send);
  send.addEventListener("click", () => {
    let values;
    try {
      values = JSON.parse(field.value);
    } catch {
      error.textContent = text.error_json;
      return;
    }
    sheet.close();
    done(values);
  });
}

/** Goods with how many of each; the basket goes out as an order. */
export function basket(sections, catalog, text, send) {
  const amounts = new Map();
  const order = primary(text.place_order);
  order.disabled = true;
  const change = (item, by, shown) => {
    const amount = Math.max(0, (amounts.get(item) ?? 0) + by);
    amounts.set(item, amount);
    shown.textContent = String(amount);
    order.disabled = ![...amounts.values()].some(Boolean);
  };
  const step = (label, act) => {
    const button = node("button", "step", label);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  };
  const goods = sections.map((section) =>
    node(
      "section",
      "",
      section.title ? node("h3", "", section.title) : null,
      (section.product_items ?? []).map(({ product_retailer_id: item }) => {
        const shown = node("output", "", "0");
        return node(
          "div",
          "choice",
          node("span", "", node("b", "", item)),
          node(
            "span",
            "steps",
            step("−", () => change(item, -1, shown)),
            shown,
            step("+", () => change(item, 1, shown)),
          ),
        );
      }),
    ),
  );
  const sheet = open(text.catalog, node("div", "scroll", goods), order);
  order.addEventListener("click", () => {
    sheet.close();
    const items = [...amounts]
      .filter(([, quantity]) => quantity)
      .map(([item, quantity]) => ({ product_retailer_id: item, quantity, item_price: 10, currency: "USD" }));
    send({ type: "order", order: { catalog_id: catalog ?? "catalog", text: "", product_items: items } });
  });
}
