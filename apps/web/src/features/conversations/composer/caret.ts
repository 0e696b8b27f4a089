/** Words put in where somebody writes. */

interface Inserted {
  text: string;
  /** Where the caret stands afterwards. */
  caret: number;
}

/** Puts words in place of what is selected, with a space where they would stick to a word before them. */
export function insertAt(text: string, start: number, end: number, words: string): Inserted {
  const before = text.slice(0, start);
  const gap = before && !/\s$/.test(before) && /^[\p{L}\p{N}]/u.test(words) ? " " : "";
  const upTo = before + gap + words;
  return { text: upTo + text.slice(end), caret: upTo.length };
}
