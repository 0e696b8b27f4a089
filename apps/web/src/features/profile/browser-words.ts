/** What a browser says of itself, in the few words that let somebody recognise his own. */
import Bowser from "bowser";

interface Words {
  /** "Chrome · Windows"; null when the text says nothing that is known. */
  name: string | null;
  handheld: boolean;
}

export function browserWords(userAgent: string | null | undefined): Words {
  if (!userAgent) return { name: null, handheld: false };
  const { browser, os, platform } = Bowser.parse(userAgent);
  const parts = [browser.name, os.name].filter(Boolean);
  return {
    name: parts.length > 0 ? parts.join(" · ") : null,
    handheld: platform.type === "mobile" || platform.type === "tablet",
  };
}
