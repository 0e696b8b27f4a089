/** Unicode's emoji with their names by language, from Emojibase; each language is fetched when it is read. */
import { plain } from "@/lib/plain";

export interface Emoji {
  sign: string;
  label: string;
  /** Name and keywords, to be searched. */
  words: string;
  group: number;
}

/** Sign, name, keywords, group. */
type EmojiRow = [string, string, string, number];

const LANGUAGES: Record<string, () => Promise<{ default: EmojiRow[] }>> = {
  es: () => import("virtual:emoji/es"),
  en: () => import("virtual:emoji/en"),
  pt: () => import("virtual:emoji/pt"),
};

export async function loadEmojis(language: string): Promise<Emoji[]> {
  const rows = (await (LANGUAGES[language] ?? LANGUAGES["es"])?.())?.default ?? [];
  return rows.map(([sign, label, tags, group]) => ({ sign, label, words: plain(`${label} ${tags}`), group }));
}
