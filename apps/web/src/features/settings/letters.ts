/** What dead letters are and what became of them, as the address says it. */
import type { DeadLetterKind, DeadLetterState } from "@/api/types";

export const LETTER_KINDS = ["message", "status", "unreadable"] as const satisfies DeadLetterKind[];
export const LETTER_STATES = ["open", "replayed", "discarded"] as const satisfies DeadLetterState[];
