/** Messages of the fields of one's own access. */
import type { TFunction } from "i18next";
import { fieldErrors } from "@/lib/problem";

export function accessErrors(error: unknown, t: TFunction): Record<string, string> {
  if (!error) return {};
  const served = fieldErrors(error, t);
  // The word for a wrong code elsewhere is about codes of branches.
  return served["code"] ? { ...served, code: t("problem.invalid_code") } : served;
}
