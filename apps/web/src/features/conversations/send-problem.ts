/** Why the server did not take a message or a file, in words that name what to change. */
import type { TFunction } from "i18next";
import { asProblem, problemWords } from "@/lib/problem";

export function sendProblemWords(error: unknown, t: TFunction): string {
  const problem = asProblem(error);
  const [field] = problem.fields;
  if (problem.code !== "invalid_request" || !field) return problemWords(problem, t);
  const { pointer, code, message } = field;
  if (pointer === "/send_at") return t("schedule.past");
  if (pointer === "/to") return t("template.phoneWrong");
  if (pointer === "/file") return t(`attach.server.${code}`, { defaultValue: message });
  return t("failure.invalid", { detail: message });
}
