/** What templates want filled in, and what they become: Meta's own shapes. */
import { describe, expect, it } from "vitest";
import type { SendableTemplate } from "@/api/types";
import { blanksOf, componentsFor, filledIn, partOf } from "@/features/conversations/template-parts";

const template = (components: object[], more: Partial<SendableTemplate> = {}): SendableTemplate => ({
  name: "x",
  language: "es",
  category: "UTILITY",
  parameter_format: null,
  components: components as SendableTemplate["components"],
  ...more,
});
const order = template([
  { type: "HEADER", format: "IMAGE" },
  { type: "BODY", text: "Hola {{1}}, el pedido {{2}} salió. {{1}}, gracias." },
  { type: "FOOTER", text: "Tienda" },
  {
    type: "BUTTONS",
    buttons: [
      { type: "QUICK_REPLY", text: "Listo" },
      { type: "URL", text: "Ver", url: "https://example.com/t/{{1}}" },
      { type: "COPY_CODE", text: "Copiar" },
    ],
  },
]);

describe("a template", () => {
  it("wants each of its places filled once, and becomes what Meta takes", () => {
    const blanks = blanksOf(order) ?? [];
    expect(blanks.map(({ part, name, kind }) => `${part} ${name} ${kind}`)).toEqual([
      "header image link",
      "body 1 text",
      "body 2 text",
      "button 1 text",
      "button code code",
    ]);
    const values = ["https://a.b/c.png", " Ana ", "42", "t-42", "DIEZ"];
    expect(filledIn(partOf(order, "body"), "body", blanks, values)).toBe(
      "Hola Ana, el pedido 42 salió. Ana, gracias.",
    );
    expect(filledIn(partOf(order, "body"), "body", blanks, [])).toContain("Hola {{1}}");
    expect(componentsFor(order, blanks, values)).toEqual([
      { type: "header", parameters: [{ type: "image", image: { link: "https://a.b/c.png" } }] },
      {
        type: "body",
        parameters: [
          { type: "text", text: "Ana" },
          { type: "text", text: "42" },
        ],
      },
      { type: "button", sub_type: "url", index: "1", parameters: [{ type: "text", text: "t-42" }] },
      {
        type: "button",
        sub_type: "copy_code",
        index: "2",
        parameters: [{ type: "coupon_code", coupon_code: "DIEZ" }],
      },
    ]);
  });

  it("names its parameters where it was made so", () => {
    const named = template([{ type: "BODY", text: "Hola {{nombre}}" }], { parameter_format: "NAMED" });
    expect(componentsFor(named, blanksOf(named) ?? [], ["Ana"])).toEqual([
      { type: "body", parameters: [{ type: "text", parameter_name: "nombre", text: "Ana" }] },
    ]);
  });

  it("without places is sent as it is", () => {
    const bare = template([{ type: "BODY", text: "Gracias" }]);
    expect(blanksOf(bare)).toEqual([]);
    expect(componentsFor(bare, [], [])).toEqual([]);
  });

  it.each([
    ["cards", template([{ type: "CAROUSEL", cards: [] }])],
    ["a form", template([{ type: "BUTTONS", buttons: [{ type: "FLOW", text: "Abrir" }] }])],
    ["a place", template([{ type: "HEADER", format: "LOCATION" }])],
    ["something new", template([{ type: "HOLOGRAM" }])],
    ["a code to log in with", template([{ type: "BODY" }], { category: "AUTHENTICATION" })],
  ])("with %s cannot be filled in here", (_what, given) => {
    expect(blanksOf(given)).toBeNull();
  });
});
