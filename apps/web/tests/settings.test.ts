/** What the settings' forms make of what is written. */
import { describe, expect, it } from "vitest";
import { changesOf, draftOf, endFromField, endToField, nextRange } from "@/features/settings/general";
import { formatPrice, priceFromField, priceToField } from "@/lib/money";
import { wrongVariable } from "@/lib/variables";
import { settings } from "../e2e/fixtures/settings";

describe("prices", () => {
  it.each([
    ["150", "PEN", 15_000],
    ["150.5", "PEN", 15_050],
    ["150,05", "BOB", 15_005],
    ["1500", "CLP", 1500],
    ["0", "PEN", 0],
  ])("%s %s is %i", (written, currency, amount) => {
    expect(priceFromField(written, currency)).toBe(amount);
  });

  it.each([
    ["1.500,00", "PEN"],
    ["10.555", "PEN"],
    ["1.5", "CLP"],
    ["-1", "PEN"],
    ["gratis", "PEN"],
    ["", "PEN"],
  ])("%s %s is none", (written, currency) => {
    expect(priceFromField(written, currency)).toBeNull();
  });

  it("go into a field and come back", () => {
    expect([priceToField(15_050, "PEN"), priceToField(1500, "CLP")]).toEqual(["150.50", "1500"]);
    expect(priceFromField(priceToField(15_005, "PEN"), "PEN")).toBe(15_005);
  });

  it("are shown in a currency that the browser does not know, too", () => {
    expect(formatPrice(15_050, "no", "es")).toBe("150.5 no");
  });
});

describe("variables", () => {
  it.each(["", "Hola {{contact.name}} de {{ agent.name }}", "{ x } }}"])("%s is right", (text) => {
    expect(wrongVariable(text)).toBeNull();
  });

  it("are counted in characters, as the server does", () => {
    expect(wrongVariable("👋🏽 {{nombre}}")).toEqual({ position: 4, name: "nombre" });
    expect(wrongVariable("{{contact.name}} {{agent.name")).toEqual({ position: 18, name: null });
  });
});

describe("the draft of the settings", () => {
  it("sends nothing that is as it was", () => {
    const loaded = draftOf(settings);
    expect(changesOf(loaded, draftOf(settings))).toEqual({});
    const changed = {
      ...loaded,
      timezone: "",
      away_message: " ",
      admin_phones: "+51 987 654 321\n\n+59170000001",
    };
    expect(changesOf(loaded, changed)).toEqual({
      timezone: null,
      away_message: null,
      admin_phones: ["+51 987 654 321", "+59170000001"],
    });
  });

  it("keeps the hours at hand while the company is open always", () => {
    const loaded = draftOf(settings);
    expect(changesOf(loaded, { ...loaded, always: true })).toEqual({ business_hours: null });
    expect(draftOf({ ...settings, business_hours: null }).hours.mon).toHaveLength(1);
  });

  it("knows midnight as the end of a day", () => {
    expect([endToField("24:00"), endFromField("00:00"), endFromField("18:00")]).toEqual([
      "00:00",
      "24:00",
      "18:00",
    ]);
    expect(nextRange([])).toEqual({ from: "09:00", to: "13:00" });
    expect(nextRange([{ from: "09:00", to: "21:30" }])).toEqual({ from: "22:00", to: "24:00" });
  });
});
