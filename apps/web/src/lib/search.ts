/**
 * What an address carries after its question mark. Every page reads one before it shows anything: valibot weighs
 * what is used of it, where the library that forms use weighs ten times as much.
 */
import * as v from "valibot";

/** A value that may be missing; whatever does not fit it counts as missing, since people edit addresses. */
export function maybe<T extends v.GenericSchema>(schema: T) {
  return v.fallback(v.optional(schema), undefined);
}

export { v };
