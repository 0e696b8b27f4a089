/** Whatever colour a brand has, its accent can be read. */
import { describe, expect, it } from "vitest";
import { contrast, correctAccent } from "@/lib/accent";

const BRANDS = ["#ffff00", "#000000", "#ffffff", "#0b6b60", "#ff2d92", "#1d4ed8", "#abc", "808080"];
const SURFACE = { light: "#ffffff", dark: "#161b1e" } as const;

describe("accent", () => {
  it.each(BRANDS)("of %s is readable on both themes, and so is the text on it", (brand) => {
    for (const theme of ["light", "dark"] as const) {
      const result = correctAccent(brand, theme);
      expect(contrast(result?.accent ?? "", SURFACE[theme])).toBeGreaterThanOrEqual(4.5);
      expect(contrast(result?.ink ?? "", result?.accent ?? "")).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("leaves a readable colour alone", () => {
    expect(correctAccent("#0b6b60", "light")).toMatchObject({ accent: "#0b6b60", corrected: false });
  });

  it("is nothing when the brand is no colour", () => {
    expect(correctAccent("teal-ish", "light")).toBeNull();
  });
});
