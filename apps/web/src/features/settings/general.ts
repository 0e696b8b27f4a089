/** The settings as a form holds them, and what of it is sent. */
import type { BusinessHours, Holiday, OpenRange, Settings, SettingsPatch } from "@/api/types";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

/** A row keeps its identity while it is edited. */
interface Keyed {
  key: string;
}

interface HolidayDraft extends Holiday, Keyed {}

export interface Draft {
  bot_enabled: boolean;
  auto_reply_enabled: boolean;
  language: Settings["language"];
  /** Empty: the platform's. */
  timezone: string;
  always: boolean;
  hours: BusinessHours;
  holidays: HolidayDraft[];
  away_message: string;
  /** One a line. */
  admin_phones: string;
}

const NOON: OpenRange[] = [{ from: "09:00", to: "18:00" }];
/** What whoever chooses hours begins with. */
const OFFICE: BusinessHours = { mon: NOON, tue: NOON, wed: NOON, thu: NOON, fri: NOON, sat: [], sun: [] };

let keys = 0;
export function newKey(): string {
  keys += 1;
  return `k${keys}`;
}

export function draftOf(settings: Settings): Draft {
  return {
    bot_enabled: settings.bot_enabled,
    auto_reply_enabled: settings.auto_reply_enabled,
    language: settings.language,
    timezone: settings.timezone ?? "",
    always: settings.business_hours === null,
    hours: settings.business_hours ?? OFFICE,
    holidays: settings.holidays.map((holiday) => ({ ...holiday, key: newKey() })),
    away_message: settings.away_message ?? "",
    admin_phones: settings.admin_phones.join("\n"),
  };
}

function whole(draft: Draft): Required<Omit<SettingsPatch, "version">> {
  return {
    bot_enabled: draft.bot_enabled,
    auto_reply_enabled: draft.auto_reply_enabled,
    language: draft.language,
    timezone: draft.timezone || null,
    business_hours: draft.always ? null : draft.hours,
    holidays: draft.holidays.map(({ date, name, open }) => ({ date, name, open })),
    away_message: draft.away_message.trim() || null,
    admin_phones: draft.admin_phones
      .split(/[\n,;]/)
      .map((phone) => phone.trim())
      .filter(Boolean),
  };
}

/** The fields that differ from what was loaded; none: nothing to save. */
export function changesOf(loaded: Draft, draft: Draft): SettingsPatch {
  const [before, after] = [whole(loaded), whole(draft)];
  const names = Object.keys(after) as (keyof typeof after)[];
  const differing = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(differing.map((name) => [name, after[name]]));
}

/** A range to add behind those of a day: two hours after the last one, or the morning. */
export function nextRange(ranges: OpenRange[]): OpenRange {
  const last = ranges.at(-1)?.to;
  if (!last) return { from: "09:00", to: "13:00" };
  const hour = Math.min(Number(last.slice(0, 2)) + 1, 23);
  const two = (value: number) => String(value).padStart(2, "0");
  return { from: `${two(hour)}:00`, to: `${two(Math.min(hour + 4, 24))}:00` };
}

/** A time field knows no 24:00: the end of a day is midnight there. */
export const endToField = (to: string) => (to === "24:00" ? "00:00" : to);
export const endFromField = (value: string) => (value === "00:00" ? "24:00" : value);
