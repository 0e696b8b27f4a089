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

const LATER = "later";

/** A language comes when it is read: what the first screens say, and then the rest with WhatsApp's errors. */
async function texts(language: string, part: string): Promise<object> {
  if (part !== LATER) return (await import(`../locales/${language}.json`)).default;
  const [words, errors] = await Promise.all([
    import(`../locales/later/${language}.json`),
    import(`../locales/errors/${language}.json`),
  ]);
  return { ...words.default, meta: errors.default };
}

/** Resolves once the first screens can be read. */
export const ready: Promise<unknown> = i18n
  .use(resources(texts))
  .use(initReactI18next)
  .init({
    lng: detect(),
    // Each of them is complete; a test sees to it.
    fallbackLng: false,
    fallbackNS: LATER,
    interpolation: { escapeValue: false },
    returnNull: false,
    react: { bindI18nStore: "added" },
  });

/** Resolves once everything can be read. */
export const complete: Promise<unknown> = ready.then(() => i18n.loadNamespaces(LATER));

/** Waits for the rest of the texts along with whatever is fetched to show them. */
export async function withTexts<T>(loading: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([loading, complete]);
  return loaded;
}

document.documentElement.lang = detect();

export function setLanguage(code: string): void {
  writeStored(KEY, code);
  document.documentElement.lang = code;
  void i18n.changeLanguage(code);
}
