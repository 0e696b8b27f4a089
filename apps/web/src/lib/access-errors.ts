/** Messages of the fields that show who somebody is: password and code. */
import type { TFunction } from "i18next";
import { asProblem, fieldErrors } from "./problem";

/** Whether there was none at all. */
function asksCode(error: unknown): boolean {
  return asProblem(error).fields.some((field) => field.code === "totp_required");
}

export function accessErrors(error: unknown, t: TFunction): Record<string, string> {
  if (!error) return {};
  const served = fieldErrors(error, t);
  // The word for a wrong code elsewhere is about codes of branches.
  if (!served["code"] || asksCode(error)) return served;
  return { ...served, code: t("problem.invalid_code") };
}
