/** The event line to the server: one WebSocket that comes back by itself and says what it missed. */
export type RealtimeState = "connecting" | "online" | "offline";

export interface RealtimeEvent {
  event:
    | "message.created"
    | "message.updated"
    | "conversation.updated"
    | "conversation.created"
    | "conversation.gone";
  conversation_id: string;
  message_id: string | null;
}

interface Frame extends Partial<RealtimeEvent> {
  type: "hello" | "event" | "resync";
  seq: number;
}

export interface RealtimeOptions {
  url: (since: number | null) => string;
  /** A valid token, or null when the session has ended. */
  token: () => Promise<string | null>;
  /** Called when the server says the session is over; false means there is no new one. */
  renew: () => Promise<boolean>;
  onEvent: (event: RealtimeEvent) => void;
  onResync: () => void;
  onState: (state: RealtimeState) => void;
  random?: () => number;
}

const SESSION_ENDED = 4401;
const MAX_DELAY = 20_000;

/** Full jitter: a server that restarts is not met by every desk in the same second. */
export function backoffDelay(attempt: number, random: () => number): number {
  const ceiling = Math.min(MAX_DELAY, 500 * 2 ** attempt);
  return Math.round(250 + random() * ceiling);
}

/** Opens the line and keeps it open; returns how to hang up. */
export function openRealtime(options: RealtimeOptions): () => void {
  const random = options.random ?? Math.random;
  let socket: WebSocket | null = null;
  let timer: number | undefined;
  let since: number | null = null;
  let attempt = 0;
  let stopped = false;

  function receive(data: unknown): void {
    let frame: Frame;
    try {
      frame = JSON.parse(String(data)) as Frame;
    } catch {
      return;
    }
    if (frame.type === "hello") {
      attempt = 0;
      // Without a place to continue from, what happened before this moment is unknown.
      if (since === null) options.onResync();
      since ??= frame.seq;
      options.onState("online");
      return;
    }
    since = Math.max(since ?? 0, frame.seq);
    if (frame.type === "resync") {
      since = frame.seq;
      options.onResync();
    } else if (frame.type === "event" && frame.event && frame.conversation_id) {
      options.onEvent({
        event: frame.event,
        conversation_id: frame.conversation_id,
        message_id: frame.message_id ?? null,
      });
    }
  }

  function retry(): void {
    if (stopped) return;
    options.onState("offline");
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void connect(), backoffDelay(attempt, random));
    attempt += 1;
  }

  async function connect(): Promise<void> {
    if (stopped || socket) return;
    if (attempt === 0) options.onState("connecting");
    const token = await options.token().catch(() => undefined);
    if (token === undefined) return retry();
    if (token === null || stopped || socket) return;
    const opened = new WebSocket(options.url(since), ["centralita.v1", `bearer.${token}`]);
    socket = opened;
    opened.onmessage = (message) => receive(message.data);
    opened.onclose = async (closed) => {
      if (socket === opened) socket = null;
      if (stopped) return;
      if (closed.code === SESSION_ENDED && !(await options.renew().catch(() => true))) return;
      retry();
    };
  }

  function comeBack(): void {
    window.clearTimeout(timer);
    attempt = 0;
    void connect();
  }

  function goOffline(): void {
    options.onState("offline");
  }

  window.addEventListener("online", comeBack);
  window.addEventListener("offline", goOffline);
  void connect();
  return () => {
    stopped = true;
    window.clearTimeout(timer);
    window.removeEventListener("online", comeBack);
    window.removeEventListener("offline", goOffline);
    socket?.close(1000);
  };
}
