/** Languages of the desk: Spanish first, then English and Brazilian Portuguese. */
import i18n from "i18next";
import resources from "i18next-resources-to-backend";
import { initReactI18next } from "react-i18next";
import { readStored, writeStored } from "./storage";

const KEY = "centralita.language";
export const LANGUAGES = [
  { code: "es", name: "Español" },
  { code: "en", name: "English" },
  { code: "pt", name: "Português" },
] as const;

function detect(): string {
  const known = LANGUAGES.map((l) => l.code) as readonly string[];
  const wanted = [readStored(KEY), ...navigator.languages].map((l) => l?.slice(0, 2).toLowerCase());
  return wanted.find((l): l is string => l !== undefined && known.includes(l)) ?? "es";
}

/** A language comes when it is read: its texts, and those of WhatsApp's errors. */
async function texts(language: string): Promise<object> {
  const [words, errors] = await Promise.all([
    import(`../locales/${language}.json`),
    import(`../locales/errors/${language}.json`),
  ]);
  return { ...words.default, meta: errors.default };
}

/** Resolves once the reader's language is there. */
export const ready: Promise<unknown> = i18n
  .use(resources(texts))
  .use(initReactI18next)
  .init({
    lng: detect(),
    // Each of them is complete; a test sees to it.
    fallbackLng: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });

document.documentElement.lang = detect();

export function setLanguage(code: string): void {
  writeStored(KEY, code);
  document.documentElement.lang = code;
  void i18n.changeLanguage(code);
}
