/** What each type of message says to the one who reads it. */
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18n from "i18next";
import { describe, expect, it } from "vitest";
import type { Message } from "@/api/types";
import { Bubble } from "@/features/conversations/bubble";
import type { Fold } from "@/features/conversations/fold";
import { previewWords } from "@/features/conversations/message-kind";
import { renderDesk } from "./render";
import { sampleMessage } from "./samples";

function draw(change: Partial<Message>, fold: Fold | null = null) {
  const customer = { kind: "contact", id: null, name: null } as const;
  const message = sampleMessage({
    direction: "in",
    status: "received",
    text: null,
    author: customer,
    ...change,
  });
  return renderDesk(
    <Bubble
      message={message}
      fold={fold}
      quoted={null}
      quotedGone={false}
      first
      last
      timeZone="UTC"
      canWrite
      onRetry={() => {}}
    />,
  );
}

describe("a location", () => {
  it("names the place and leads to a map in a new tab", () => {
    const location = { latitude: -17.7833, longitude: -63.1821, name: "Café", address: "Calle 1" };
    draw({ type: "location", text: "Café", payload: { location } });
    expect(screen.getByText("Café")).toBeVisible();
    const map = screen.getByRole("link", { name: /Abrir mapa/ });
    expect(map).toHaveAttribute("href", expect.stringContaining("-17.7833%2C-63.1821"));
    expect(map).toHaveAttribute("target", "_blank");
  });

  it("follows no address but a web page's", () => {
    const location = { latitude: 999, longitude: "x", name: "Café", url: "javascript:alert(1)" };
    draw({ type: "location", payload: { location } });
    expect(screen.queryByRole("link")).toBeNull();
  });
});

describe("contact cards", () => {
  it("show names, numbers and whose they are", () => {
    const contacts = [
      { name: { formatted_name: "Carla" }, phones: [{ phone: "+1 202" }], emails: [{ email: "c@x.com" }] },
      { phones: [{ phone: "+1 303" }], origin: "contact_request" },
      "rubbish",
    ];
    draw({ type: "contacts", text: "Carla", payload: { contacts } });
    expect(screen.getByText("Carla")).toBeVisible();
    expect(screen.getByRole("link", { name: "+1 202" })).toHaveAttribute("href", "tel:+1202");
    expect(screen.getByRole("link", { name: "c@x.com" })).toBeVisible();
    expect(screen.getAllByText(/propio cliente/)).toHaveLength(1);
  });
});

describe("an answer", () => {
  const interactive = (type: string, reply: object) => ({ interactive: { type, [type]: reply } });

  it("says what was chosen", () => {
    const payload = interactive("list_reply", { id: "1", title: "Martes", description: "10:00" });
    draw({ type: "interactive", text: "Martes", payload });
    expect(screen.getByText("Martes")).toBeVisible();
    expect(screen.getByText("10:00")).toBeVisible();
  });

  it("lists what a form was filled in with", () => {
    const response_json = JSON.stringify({
      flow_token: "secret",
      screen_0_Nombre_1: "Ana",
      values: { zip: 7 },
    });
    const payload = interactive("nfm_reply", { name: "flow", body: "Sent", response_json });
    draw({ type: "interactive", text: "Sent", payload });
    expect(screen.getByText("Nombre")).toBeVisible();
    expect(screen.getByText("Ana")).toBeVisible();
    expect(screen.getByText("7")).toBeVisible();
    expect(screen.queryByText("secret")).toBeNull();
  });

  it.each(["{broken", "[1,2]", "null", '"x"'])("shows a form's %s as it came", (response_json) => {
    draw({ type: "interactive", payload: interactive("nfm_reply", { response_json }) });
    expect(screen.getByText(response_json)).toBeVisible();
  });

  it("tells a permission to call in words", () => {
    const payload = interactive("call_permission_reply", { response: "accept", is_permanent: true });
    draw({ type: "interactive", text: "accept", payload });
    expect(screen.getByText("Aceptó recibir llamadas")).toBeVisible();
    expect(screen.queryByText("accept")).toBeNull();
  });
});

describe("an order", () => {
  it("adds up each currency, and takes what is no currency as a word", () => {
    const product_items = [
      { product_retailer_id: "A", quantity: 2, item_price: 7.99, currency: "USD" },
      { product_retailer_id: "B", quantity: 1, item_price: "10", currency: "USD" },
      { product_retailer_id: "C", quantity: 1, item_price: 5, currency: "puntos" },
    ];
    draw({ type: "order", text: "En la puerta", payload: { order: { product_items } } });
    expect(screen.getByText("Pedido de 4 artículos")).toBeVisible();
    expect(screen.getByText(/25,98/)).toBeVisible();
    expect(screen.getAllByText("5 puntos")).toHaveLength(2);
    expect(screen.getByText("En la puerta")).toBeVisible();
  });
});

describe("what we send", () => {
  const ours = (change: Partial<Message>) =>
    draw({ direction: "out", status: "sent", author: { kind: "agent", id: "u1", name: "Ana" }, ...change });

  it("shows a template by its name and what was filled in", () => {
    const components = [
      { type: "body", parameters: [{ type: "text", parameter_name: "nombre", text: "Rosa" }] },
      { type: "button", sub_type: "url", parameters: [{ type: "text", text: "turno-42" }] },
    ];
    ours({ type: "template", text: "turno", payload: { template: { name: "turno", components } } });
    expect(screen.getByText("turno")).toBeVisible();
    expect(screen.getByText("{{nombre}}")).toBeVisible();
    expect(screen.getByText("Rosa")).toBeVisible();
    expect(screen.getByText("turno-42")).toBeVisible();
  });

  it("shows a list with its rows, and a link only where a browser may follow it", () => {
    const sections = [{ title: "Jueves", rows: [{ id: "a", title: "10:00", description: "Dra. Paz" }] }];
    const list = { type: "list", body: { text: "Horas" }, action: { button: "Ver", sections } };
    ours({ type: "interactive", text: "Horas", payload: { interactive: list } });
    for (const words of ["Horas", "Jueves", "10:00", "Dra. Paz", "Ver"]) {
      expect(screen.getByText(words)).toBeVisible();
    }
    const parameters = { display_text: "Abrir", url: "javascript:alert(1)" };
    const link = { type: "cta_url", body: { text: "Aquí" }, action: { parameters } };
    ours({ type: "interactive", text: "Aquí", payload: { interactive: link } });
    expect(screen.getByText("Abrir")).toBeVisible();
    expect(screen.queryByRole("link")).toBeNull();
  });

  it("leads to a file that lies elsewhere", () => {
    ours({ type: "video", payload: { video: { link: "https://a.example/x.mp4" } } });
    expect(screen.getByRole("link", { name: /Video/ })).toHaveAttribute("href", "https://a.example/x.mp4");
  });

  it.each([null, [], "x", { template: 1 }, { interactive: { type: "carousel", action: [] } }])(
    "is drawn with the payload %j",
    (payload) => {
      for (const type of ["template", "interactive", "video", "pin"]) ours({ type, payload }).unmount();
    },
  );
});

describe("whatever it is", () => {
  it("says that it was forwarded, from which ad it comes and about what it asks", () => {
    const payload = {
      text: { body: "Hola" },
      context: { frequently_forwarded: true, referred_product: { product_retailer_id: "SKU-42" } },
      referral: { headline: "Plantas", source_url: "javascript:alert(1)" },
    };
    draw({ text: "Hola", payload });
    expect(screen.getByText("Reenviado muchas veces")).toBeVisible();
    expect(screen.getByText("Plantas")).toBeVisible();
    expect(screen.getByText("SKU-42")).toBeVisible();
    expect(screen.queryByRole("link")).toBeNull();
  });

  it("names who wrote in a group", () => {
    draw({ text: "Hola", payload: { sender: { phone: "12025550111", user_id: null, name: null } } });
    expect(screen.getByText("+12025550111")).toBeVisible();
  });

  it("says when it left from the phone", () => {
    draw({ direction: "out", text: "Hola", status: "sent", author: { kind: "agent", id: null, name: null } });
    expect(screen.getByText("Enviado desde el teléfono")).toBeVisible();
  });

  it.each([null, [], "x", { location: 1 }, { contacts: {} }, { order: [] }, { interactive: null }])(
    "is drawn with the payload %j",
    (payload) => {
      for (const type of ["location", "contacts", "order", "interactive", "button", "text", "hologram"]) {
        draw({ type, payload }).unmount();
      }
    },
  );
});

describe("what WhatsApp does not hand over", () => {
  it("is explained, with the data at hand", async () => {
    const errors = [
      { code: 131051, title: "Message type unknown", error_data: { details: "Not supported." } },
    ];
    draw({ type: "unsupported", payload: { unsupported: { type: "poll_creation" }, errors } });
    expect(screen.getByText(/Una encuesta/)).toBeVisible();
    expect(screen.getByText(/Not supported/)).toBeVisible();
    expect(screen.queryByText(/131051/)).toBeNull();
    await userEvent.click(screen.getByText("Ver los datos"));
    expect(await screen.findByText(/131051/)).toBeVisible();
  });
});

describe("changes", () => {
  const change = (type: string, text: string | null) => sampleMessage({ type, text, direction: "in" });

  it("show an edit's words and keep the earlier ones", async () => {
    draw({ text: "antes" }, { reactions: [], edit: change("edit", "después"), revoke: null });
    expect(screen.getByText("después")).toBeVisible();
    expect(screen.queryByText("antes")).toBeNull();
    await userEvent.click(screen.getByText(/^Editado/));
    expect(await screen.findByText("antes")).toBeVisible();
  });

  it("hide what was deleted until asked", async () => {
    draw({ text: "secreto" }, { reactions: [], edit: null, revoke: change("revoke", null) });
    expect(screen.getByText("El cliente eliminó este mensaje")).toBeVisible();
    expect(screen.queryByText("secreto")).toBeNull();
    await userEvent.click(screen.getByText("Ver lo que decía"));
    expect(await screen.findByText("secreto")).toBeVisible();
  });

  it("count equal reactions", () => {
    const reactions = [change("reaction", "👍"), change("reaction", "👍"), change("reaction", "❤️")];
    draw({ text: "Hola" }, { reactions, edit: null, revoke: null });
    expect(screen.getAllByRole("listitem").map((item) => item.firstChild?.textContent)).toEqual(["👍", "❤️"]);
  });
});

describe("the list's preview", () => {
  const words = (type: string, text: string | null) => previewWords({ type, text }, i18n.t);

  it("has words for every type", () => {
    expect(words("reaction", "👍")).toBe("Reaccionó con 👍");
    expect(words("reaction", null)).toBe("Quitó una reacción");
    expect(words("edit", "nuevo")).toBe("Editó un mensaje: nuevo");
    expect(words("revoke", null)).toBe("Eliminó un mensaje");
    expect(words("interactive", "accept")).toBe("Respuesta");
    expect(words("location", "Café")).toBe("Café");
    expect(words("order", null)).toBe("Pedido");
    expect(words("hologram", null)).toBe("Mensaje que no se puede mostrar");
  });
});
