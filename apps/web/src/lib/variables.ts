/** Variables in quick replies: the same rules as the server's, so that what is wrong shows while it is written. */
export const VARIABLES = [
  "contact.name",
  "contact.first_name",
  "contact.phone",
  "agent.name",
  "agent.first_name",
] as const;
export type Variable = (typeof VARIABLES)[number];

export interface WrongVariable {
  /** In characters, from 1. */
  position: number;
  /** null: it is not closed. */
  name: string | null;
}

/** The first thing that is wrong with the variables of a text. */
export function wrongVariable(text: string): WrongVariable | null {
  let from = 0;
  for (;;) {
    const open = text.indexOf("{{", from);
    if (open < 0) return null;
    const position = [...text.slice(0, open)].length + 1;
    const close = text.indexOf("}}", open + 2);
    if (close < 0) return { position, name: null };
    const name = text.slice(open + 2, close).trim();
    if (!(VARIABLES as readonly string[]).includes(name)) return { position, name };
    from = close + 2;
  }
}
