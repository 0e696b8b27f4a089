/** What becomes of what waits in the spool, as the address says it. */
export const SPOOL_STATES = ["waiting", "failed"] as const;
