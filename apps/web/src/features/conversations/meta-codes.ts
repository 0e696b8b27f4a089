/**
 * Which text explains a failed message, by Meta's code or ours, and whether sending it again helps.
 * The codes are those of `crates/whatsapp/src/error/table.rs`; a test holds the two together.
 */

/** now; after a while; once what caused it is mended; never. */
export type Again = "now" | "later" | "mended" | "never";

interface Meaning {
  /** The key of the text below `meta`. */
  text: string;
  again: Again;
}

type Row = readonly [from: number, to: number, text: string, again: Again];

const CODES: readonly Row[] = [
  [0, 0, "token", "mended"],
  [1, 1, "unclear", "later"],
  [2, 2, "outage", "later"],
  [3, 3, "permission", "mended"],
  [4, 4, "busyApp", "later"],
  [10, 10, "permission", "mended"],
  [33, 33, "numberGone", "mended"],
  [100, 100, "parameter", "never"],
  [190, 190, "token", "mended"],
  [200, 299, "permission", "mended"],
  [368, 368, "policy", "mended"],
  [613, 613, "callLookups", "later"],
  [80007, 80007, "busyApp", "later"],
  [130403, 130403, "blockedByUs", "mended"],
  [130429, 130429, "throughput", "now"],
  [130472, 130472, "experiment", "never"],
  [130497, 130497, "country", "never"],
  [131000, 131000, "unclear", "later"],
  [131005, 131005, "permission", "mended"],
  [131008, 131009, "parameter", "never"],
  [131016, 131016, "outage", "later"],
  [131020, 131020, "groupAlone", "never"],
  [131021, 131021, "self", "never"],
  [131026, 131026, "undeliverable", "never"],
  [131030, 131030, "testList", "mended"],
  [131031, 131031, "locked", "mended"],
  [131037, 131037, "name", "mended"],
  [131041, 131041, "groupUnknown", "never"],
  [131042, 131042, "payment", "mended"],
  [131044, 131044, "payment", "mended"],
  [131045, 131045, "register", "mended"],
  [131047, 131047, "window", "never"],
  [131048, 131048, "spam", "later"],
  [131049, 131049, "marketingCap", "later"],
  [131050, 131050, "optOut", "never"],
  [131051, 131051, "type", "never"],
  [131052, 131052, "inboundFile", "never"],
  [131053, 131053, "file", "never"],
  [131054, 131054, "refused", "never"],
  [131055, 131055, "method", "never"],
  [131056, 131056, "pair", "later"],
  [131057, 131057, "maintenance", "later"],
  [131059, 131060, "unavailable", "never"],
  [131062, 131062, "noPhone", "never"],
  [131063, 131063, "marketingOff", "never"],
  [131064, 131064, "classification", "mended"],
  [131201, 131207, "group", "never"],
  [131208, 131208, "groupRate", "later"],
  [131209, 131215, "group", "never"],
  [132000, 132000, "variables", "never"],
  [132001, 132001, "templateMissing", "mended"],
  [132002, 132004, "templateRefused", "never"],
  [132005, 132005, "templateLong", "never"],
  [132006, 132006, "templateRefused", "never"],
  [132007, 132007, "templatePolicy", "never"],
  [132008, 132008, "variables", "never"],
  [132009, 132011, "templateRefused", "never"],
  [132012, 132012, "variables", "never"],
  [132015, 132015, "templatePaused", "later"],
  [132016, 132017, "templateOff", "never"],
  [132018, 132018, "variables", "never"],
  [132068, 132068, "flowBlocked", "never"],
  [132069, 132069, "flowSlow", "later"],
  [133000, 133000, "register", "mended"],
  [133004, 133004, "outage", "later"],
  [133005, 133005, "pin", "mended"],
  [133006, 133006, "register", "mended"],
  [133008, 133009, "pinTries", "later"],
  [133010, 133010, "register", "mended"],
  [133015, 133016, "registerWait", "later"],
  [134011, 134011, "paymentTerms", "mended"],
  [134012, 134099, "refused", "never"],
  [134100, 134100, "marketingOnly", "never"],
  [134101, 134101, "templateSync", "later"],
  [134102, 134102, "templateOff", "never"],
  [135000, 135000, "refused", "never"],
  [136024, 136024, "registerWait", "later"],
  [137000, 137000, "identity", "never"],
  [139000, 139004, "flow", "never"],
  [139102, 139103, "blockList", "later"],
  [2494100, 2494100, "maintenance", "later"],
];

const OWN: Record<string, Meaning> = {
  not_confirmed: { text: "notConfirmed", again: "now" },
  window_closed: { text: "window", again: "never" },
  contact_opted_out: { text: "optOut", again: "never" },
  contact_blocked: { text: "blockedByUs", again: "mended" },
  cancelled: { text: "cancelled", again: "now" },
  channel_inactive: { text: "lineInactive", again: "mended" },
  channel_without_token: { text: "lineWithoutToken", again: "mended" },
  meta_unreachable: { text: "unreachable", again: "now" },
  token_malformed: { text: "tokenMalformed", again: "mended" },
  request_invalid: { text: "requestInvalid", again: "never" },
  file_missing: { text: "fileMissing", again: "never" },
};

/** null: a code of tomorrow. */
export function meaningOf(code: string): Meaning | null {
  if (Object.hasOwn(OWN, code)) return OWN[code] ?? null;
  if (!/^\d+$/.test(code)) return null;
  const number = Number(code);
  const row = CODES.find(([from, to]) => from <= number && number <= to);
  return row ? { text: row[2], again: row[3] } : null;
}
