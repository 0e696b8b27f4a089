/** Secrets of a line only go in when somebody means it. */
import { expect, it } from "vitest";
import { type LineValues, lineBody } from "@/features/superadmin/line-form";

const values: LineValues = {
  phone_number_id: "1065403522",
  waba_id: "",
  display_name: "Ventas",
  display_phone_number: "",
  app_id: "",
  is_active: true,
  is_default: false,
  wa_token: "",
  app_secret: "",
  verify_token: "",
  clear: { wa_token: false, app_secret: false, verify_token: false },
};

it("leaves untouched secrets out of the request", () => {
  const body = lineBody(values);
  expect(Object.keys(body)).not.toContain("wa_token");
  expect(body).toMatchObject({ waba_id: null, display_phone_number: null, app_id: null });
});

it("sends what was written and null for what was cleared", () => {
  const body = lineBody({
    ...values,
    wa_token: "EAAG",
    app_secret: "ignored",
    clear: { ...values.clear, app_secret: true },
  });
  expect(body.wa_token).toBe("EAAG");
  expect(body.app_secret).toBeNull();
});
