/** Text as WhatsApp marks it up: *bold*, _italic_, ~struck~, `mono` and links. */
import type { ReactNode } from "react";

const PATTERN =
  /(```[\s\S]+?```|`[^`\n]+`|https?:\/\/[^\s<>"']+|(?<![\p{L}\p{N}])(?:\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~)(?![\p{L}\p{N}]))/gu;

function mark(part: string, key: number): ReactNode {
  if (/^https?:\/\//.test(part)) {
    return (
      <a key={key} href={part} target="_blank" rel="noreferrer noopener" className="text-accent underline">
        {part}
      </a>
    );
  }
  if (part.startsWith("`")) {
    return (
      <code key={key} className="font-mono text-list">
        {part.replace(/^`+|`+$/g, "")}
      </code>
    );
  }
  const inner = richText(part.slice(1, -1));
  if (part.startsWith("*")) return <strong key={key}>{inner}</strong>;
  if (part.startsWith("_")) return <em key={key}>{inner}</em>;
  return <s key={key}>{inner}</s>;
}

export function richText(text: string): ReactNode[] {
  // Odd places of a split by a capturing pattern are the matches.
  return text.split(PATTERN).map((part, index) => (index % 2 ? mark(part, index) : part));
}
