/** Joins class names; the later of two conflicting Tailwind classes wins. */
import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

// "text-list" is a size of ours; taken for a colour it would push the real colour out.
const twMerge = extendTailwindMerge({ extend: { classGroups: { "font-size": [{ text: ["list"] }] } } });

export function cn(...inputs: ClassValue[]): string {
  return twMerge(clsx(inputs));
}
