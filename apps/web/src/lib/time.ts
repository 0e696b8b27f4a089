/** Times as the desk shows them: relative up to a day, then absolute, in the tenant's zone. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type WindowState = "closed" | "closing" | "short" | "open";

export interface ServiceWindow {
  state: WindowState;
  /** What is left of the 24 hours, from 0 to 1. */
  fraction: number;
  /** Milliseconds left; negative once closed; null when it never opened. */
  left: number | null;
}

/** The 24-hour service window: amber under two hours, red under fifteen minutes. */
export function serviceWindow(expiresAt: string | null, now: number): ServiceWindow {
  if (!expiresAt) return { state: "closed", fraction: 0, left: null };
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return { state: "closed", fraction: 0, left };
  const state = left < 15 * MINUTE ? "closing" : left < 2 * HOUR ? "short" : "open";
  return { state, fraction: Math.min(1, left / DAY), left };
}

/** "3 h 20 min", "12 min", "1 min": never less than a minute while something is left. */
export function formatDuration(ms: number): string {
  const minutes = Math.max(1, Math.floor(Math.abs(ms) / MINUTE));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  const rest = minutes % 60;
  return rest && hours < 10 ? `${hours} h ${rest} min` : `${hours} h`;
}

/** One for each zone: making one takes longer than using it a hundred times. */
const days = new Map<string, Intl.DateTimeFormat>();

/** The calendar's day at that time, as 2026-11-30. */
export function dayKey(time: number, timeZone: string): string {
  const known = days.get(timeZone);
  if (known) return known.format(time);
  const made = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  days.set(timeZone, made);
  return made.format(time);
}

export function sameDay(a: string, b: string, timeZone: string): boolean {
  return dayKey(Date.parse(a), timeZone) === dayKey(Date.parse(b), timeZone);
}

/** For rows: "ahora", "5 min", "3 h", then "21 nov" (with the year when it is another one). */
export function formatRowTime(
  at: string,
  now: number,
  locale: string,
  timeZone: string,
  nowWord: string,
): string {
  const time = Date.parse(at);
  const age = now - time;
  if (age < MINUTE) return nowWord;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h`;
  const sameYear = dayKey(time, timeZone).slice(0, 4) === dayKey(now, timeZone).slice(0, 4);
  const year = sameYear ? {} : ({ year: "2-digit" } as const);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone, ...year }).format(time);
}

export function formatClock(at: string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone }).format(
    Date.parse(at),
  );
}

/** The long form for hover: date, time and the reader's own time when his zone differs. */
export function formatFull(at: string, locale: string, timeZone: string, readerZone = localZone()): string {
  const options = { dateStyle: "medium", timeStyle: "short" } as const;
  const time = Date.parse(at);
  const there = new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(time);
  const here = new Intl.DateTimeFormat(locale, { ...options, timeZone: readerZone }).format(time);
  return there === here ? there : `${there} (${timeZone}) · ${here} (${readerZone})`;
}

/** Date and time in one zone, where there is no room for the reader's own. */
export function formatMoment(at: string, locale: string, timeZone: string): string {
  return formatFull(at, locale, timeZone, timeZone);
}

/** For day separators: today and yesterday in words, then the date. */
export function formatDay(
  at: string,
  now: number,
  locale: string,
  timeZone: string,
  words: { today: string; yesterday: string },
): string {
  const time = Date.parse(at);
  const key = dayKey(time, timeZone);
  if (key === dayKey(now, timeZone)) return words.today;
  if (key === dayKey(now - DAY, timeZone)) return words.yesterday;
  const sameYear = key.slice(0, 4) === dayKey(now, timeZone).slice(0, 4);
  return new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone,
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(time);
}

export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** What a `datetime-local` field shows for a moment, in a zone: "2026-03-01T09:30". */
export function toLocalInput(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

/**
 * The moment that such a field means in a zone; null when it is not filled in. An hour that the
 * clocks skip counts as the hour after it.
 */
export function fromLocalInput(value: string, timeZone: string): number | null {
  const asUtc = /^\d{4}-/.test(value) ? Date.parse(`${value}:00Z`) : Number.NaN;
  if (Number.isNaN(asUtc)) return null;
  const offset = (at: number) =>
    Date.parse(`${toLocalInput(at, timeZone)}:00Z`) - Math.floor(at / MINUTE) * MINUTE;
  const first = asUtc - offset(asUtc);
  // The offset of the first guess may be the one on the other side of a change of clocks.
  return asUtc - offset(first);
}
