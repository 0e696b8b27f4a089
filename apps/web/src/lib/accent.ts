/** Turns any brand colour into an accent that can be read on the desk's own surfaces, light and dark. */
const SURFACES = { light: ["#ffffff", "#f4f5f4"], dark: ["#161b1e", "#0f1315"] } as const;
const INKS = ["#ffffff", "#0b1214"] as const;
// A little over WCAG's 4.5, because bubbles are tinted with the accent itself.
const MIN = 5.5;

type Rgb = [number, number, number];

export function parseHex(hex: string): Rgb | null {
  const match = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(hex.trim());
  const digits = match?.[1];
  if (!digits) return null;
  const full = digits.length === 3 ? [...digits].map((d) => d + d).join("") : digits;
  const at = (i: number) => Number.parseInt(full.slice(i, i + 2), 16);
  return [at(0), at(2), at(4)];
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`;
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast ratio, 1 to 21; 1 when a colour cannot be read. */
export function contrast(a: string, b: string): number {
  const x = parseHex(a);
  const y = parseHex(b);
  if (!x || !y) return 1;
  const [hi, lo] = [luminance(x), luminance(y)].sort((m, n) => n - m) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

function toHsl([r, g, b]: Rgb): Rgb {
  const [x, y, z] = [r / 255, g / 255, b / 255];
  const max = Math.max(x, y, z);
  const min = Math.min(x, y, z);
  const span = max - min;
  const light = (max + min) / 2;
  if (span === 0) return [0, 0, light];
  const hue = max === x ? ((y - z) / span + 6) % 6 : max === y ? (z - x) / span + 2 : (x - y) / span + 4;
  return [hue * 60, span / (1 - Math.abs(2 * light - 1)), light];
}

function fromHsl([hue, saturation, light]: Rgb): Rgb {
  const reach = saturation * Math.min(light, 1 - light);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return 255 * (light - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

export interface Accent {
  accent: string;
  ink: string;
  /** True when the brand colour had to be moved to be readable. */
  corrected: boolean;
}

/** The nearest readable neighbour of a brand colour for one theme; null when it is no colour. */
export function correctAccent(brand: string, theme: "light" | "dark"): Accent | null {
  const rgb = parseHex(brand);
  if (!rgb) return null;
  const [hue, saturation, light] = toHsl(rgb);
  // Only the lightness moves: the hue is what people recognise the brand by.
  const target = theme === "light" ? 0 : 1;
  let accent = toHex(rgb);
  let step = 0;
  const readable = () => SURFACES[theme].every((surface) => contrast(accent, surface) >= MIN);
  while (!readable() && step < 50) {
    step += 1;
    accent = toHex(fromHsl([hue, saturation, light + ((target - light) * step) / 50]));
  }
  const ink = contrast(INKS[0], accent) >= contrast(INKS[1], accent) ? INKS[0] : INKS[1];
  return { accent, ink, corrected: step > 0 };
}
