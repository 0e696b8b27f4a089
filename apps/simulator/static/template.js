// Templates: filled in where the account has them, else what was sent of them.
import { header } from "./media.js";
import { away, node, sign, tap, words } from "./nodes.js";
import { actions, flow } from "./offers.js";
import { basket } from "./sheet.js";

/** The nodes of a template: filled in where the account has it, else what was sent of it. */
export function template(content, view, context) {
  const { text } = context;
  if (!view) {
    const parameters = (content.components ?? []).flatMap((part) => part.parameters ?? []);
    const values = parameters
      .map((parameter) => parameter.text ?? parameter[parameter.type]?.fallback_value)
      .filter(Boolean)
      .join(" · ");
    const quick = (content.components ?? [])
      .filter((part) => `${part.sub_type}`.toLowerCase() === "quick_reply")
      .map((part) => ({
        type: "QUICK_REPLY",
        text: part.parameters?.[0]?.payload,
        payload: part.parameters?.[0]?.payload,
      }));
    return [
      node("p", "tag", text.template),
      words(content.name, "title"),
      words(values || content.language?.code),
      quick.length ? ofTemplate(quick, context) : null,
    ];
  }
  const parts = [
    view.offer ? offer(view.offer, text) : null,
    header(view.header, text),
    view.body ? words(view.body, view.footer ? "" : "body") : null,
    view.footer ? words(view.footer, "footer body") : null,
    view.buttons?.length ? ofTemplate(view.buttons, context) : null,
  ];
  if (view.cards)
    parts.push(
      node(
        "div",
        "carousel",
        view.cards.map((card) => node("div", "card", template(content, card, context))),
      ),
    );
  return parts;
}

function offer({ text: own, until_ms: until }, text) {
  const end = until
    ? new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(
        new Date(until),
      )
    : "";
  return node(
    "div",
    "part offer",
    sign("clock"),
    node("span", "", node("b", "", own ?? text.offer), node("small", "", end ? `${text.until} ${end}` : "")),
  );
}

function ofTemplate(list, { text, send }) {
  const button = (own) => {
    switch (`${own.type}`.toUpperCase()) {
      case "QUICK_REPLY":
        return tap("reply", own.text, () =>
          send({ type: "button", button: { payload: own.payload ?? own.text, text: own.text } }),
        );
      case "URL":
        return away(own.text, own.url ?? "");
      case "OTP":
      case "COPY_CODE":
        return tap("copy", own.text, () => navigator.clipboard?.writeText(own.coupon_code ?? "").catch(() => {}));
      case "PHONE_NUMBER":
      case "VOICE_CALL":
        return tap("call", own.text, () => {});
      case "FLOW":
        return tap("flow", own.text, () =>
          flow(
            {
              flow_token: own.action?.flow_token,
              flow_cta: own.text,
              flow_action_payload: { data: own.action?.flow_action_data },
            },
            text,
            (interactive) => send({ type: "interactive", interactive }),
          ),
        );
      case "MPM":
        return tap("bag", own.text, () => basket(own.action?.sections ?? [], "catalog", text, send));
      case "CATALOG":
      case "SPM":
        return tap("bag", own.text, () =>
          basket(
            [
              {
                title: text.catalog,
                product_items: [{ product_retailer_id: own.action?.thumbnail_product_retailer_id ?? "SKU-1" }],
              },
            ],
            "catalog",
            text,
            send,
          ),
        );
      default:
        return tap(null, own.text ?? own.type, () => {});
    }
  };
  return actions(list.map(button));
}
