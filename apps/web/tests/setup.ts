/** What every unit test stands on. */
import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import i18n from "i18next";
import { afterEach, beforeEach } from "vitest";
import { complete } from "@/lib/i18n";

await complete;
await i18n.loadLanguages(["es", "en", "pt"]);
await i18n.changeLanguage("es");

// jsdom has no media queries, no scrolling and no pointer capture; the primitives ask for them.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;
Element.prototype.scrollTo ??= () => undefined;
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.hasPointerCapture ??= () => false;

beforeEach(() => localStorage.clear());
afterEach(cleanup);
