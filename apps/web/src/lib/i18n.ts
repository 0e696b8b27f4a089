/** Languages of the desk: Spanish first, then English and Brazilian Portuguese. */
import i18n from "i18next";
import { initReactI18next } from "react-i18next";
import en from "@/locales/en.json";
import enErrors from "@/locales/errors/en.json";
import esErrors from "@/locales/errors/es.json";
import ptErrors from "@/locales/errors/pt.json";
import es from "@/locales/es.json";
import pt from "@/locales/pt.json";
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

void i18n.use(initReactI18next).init({
  resources: {
    es: { translation: { ...es, meta: esErrors } },
    en: { translation: { ...en, meta: enErrors } },
    pt: { translation: { ...pt, meta: ptErrors } },
  },
  lng: detect(),
  fallbackLng: "es",
  interpolation: { escapeValue: false },
  returnNull: false,
});

document.documentElement.lang = i18n.language;

export function setLanguage(code: string): void {
  writeStored(KEY, code);
  document.documentElement.lang = code;
  void i18n.changeLanguage(code);
}
