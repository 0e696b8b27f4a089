/** Where in a thread. */

/** What is asked of a thread. */
export interface MessageQuery {
  limit: number;
  cursor?: string;
  after?: string;
  around?: string;
  newer?: string;
}

/** Which page of a thread: the newest, the one around a message, or what is older or newer than a page. */
export type MessagePlace = Pick<MessageQuery, "cursor" | "around" | "newer"> | null;
