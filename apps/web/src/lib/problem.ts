/** What went wrong, as the API says it (RFC 9457), and the words a person reads for it. */
import type { TFunction } from "i18next";
import type { components } from "@/api/schema.gen";

type Problem = components["schemas"]["Problem"];
type ProblemField = components["schemas"]["ProblemField"];

export class ProblemError extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string | null;
  readonly fields: ProblemField[];
  readonly choices: { slug: string; name: string }[];
  readonly retryAfter: number | null;

  constructor(problem: Partial<Problem>, status: number) {
    super(problem.title ?? problem.code ?? `HTTP ${status}`);
    this.name = "ProblemError";
    this.code = problem.code ?? codeOfStatus(status);
    this.status = status;
    this.detail = problem.detail ?? null;
    this.fields = problem.errors ?? [];
    this.choices = problem.choices ?? [];
    this.retryAfter = problem.retry_after ?? null;
  }
}

function codeOfStatus(status: number): string {
  if (status === 0) return "network";
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 409) return "conflict";
  if (status === 413) return "payload_too_large";
  if (status === 422) return "invalid_request";
  if (status === 429) return "too_many_requests";
  if (status === 502 || status === 503 || status === 504) return "unavailable";
  return "internal";
}

/** Makes a ProblemError of anything thrown, so that screens have one thing to switch on. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof TypeError) return new ProblemError({ code: "network", title: error.message }, 0);
  return new ProblemError({ code: "internal", title: error instanceof Error ? error.message : "" }, 500);
}

/** The code that names the cause best: database URLs carry theirs in the first field error. */
export function problemCause(problem: ProblemError): string {
  const field = problem.fields[0]?.code;
  if (problem.status === 422 && field && (field.startsWith("url_") || field.startsWith("db_"))) return field;
  return problem.code;
}

/** One or two sentences: what happened and what to do. Unknown codes fall back to the server's own words. */
export function problemWords(error: unknown, t: TFunction): string {
  const problem = asProblem(error);
  const cause = problemCause(problem);
  const seconds = problem.retryAfter ?? 0;
  for (const key of [`database.error.${cause}`, `problem.${cause}`]) {
    const words = t(key, { defaultValue: "", seconds });
    if (words) return words;
  }
  return problem.detail ?? t("problem.internal");
}

/** Field messages by the name of the form field they belong to ("/name" → "name"). */
export function fieldErrors(error: unknown, t: TFunction): Record<string, string> {
  const out: Record<string, string> = {};
  for (const field of asProblem(error).fields) {
    const name = field.pointer.split("/").filter(Boolean).at(-1);
    if (name) out[name] = t(`field.${field.code}`, { defaultValue: field.message });
  }
  return out;
}

/** The same by the whole pointer, for forms with lists in them ("/holidays/1/date"). */
export function pointerErrors(error: unknown, t: TFunction): Record<string, string> {
  const fields = asProblem(error).fields;
  return Object.fromEntries(
    fields.map((field) => [field.pointer, t(`field.${field.code}`, { defaultValue: field.message })]),
  );
}
