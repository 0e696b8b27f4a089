/** The same words without case and accents, to be compared: "José" and "jose". */
export function plain(words: string): string {
  return words.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
