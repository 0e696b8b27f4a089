/** The event line to the server: one WebSocket that comes back by itself and says what it missed. */
export type RealtimeState = "connecting" | "online" | "offline";

export interface RealtimeEvent {
  event:
    | "message.created"
    | "message.updated"
    | "conversation.updated"
    | "conversation.created"
    | "conversation.gone"
    | "notification.created"
    | "notification.read";
  conversation_id: string;
  message_id: string | null;
}

/** Somebody else at the same conversation. */
export interface Neighbour {
  id: string;
  name: string;
  typing: boolean;
}

/** What the person has before him. */
export interface Look {
  conversation: string | null;
  typing: boolean;
}

interface StreamFrame extends Partial<RealtimeEvent> {
  type: "hello" | "event" | "resync";
  seq: number;
}

type Frame =
  | StreamFrame
  | { type: "pong" }
  | { type: "here"; conversation_id: string; people: Neighbour[] }
  | { type: "online"; people: string[] };

export interface RealtimeOptions {
  url: (since: number | null) => string;
  /** A valid token, or null when the session has ended. */
  token: () => Promise<string | null>;
  /** Called when the server says the session is over; false means there is no new one. */
  renew: () => Promise<boolean>;
  onEvent: (event: RealtimeEvent) => void;
  onResync: () => void;
  onState: (state: RealtimeState) => void;
  /** Called with the others at the conversation that is looked at. */
  onHere: (conversationId: string, people: Neighbour[]) => void;
  /** Called with the ids of everybody at a desk. */
  onOnline: (people: string[]) => void;
  random?: () => number;
}

const SESSION_ENDED = 4401;
const MAX_DELAY = 20_000;

/** Full jitter: a server that restarts is not met by every desk in the same second. */
export function backoffDelay(attempt: number, random: () => number): number {
  const ceiling = Math.min(MAX_DELAY, 500 * 2 ** attempt);
  return Math.round(250 + random() * ceiling);
}

export interface RealtimeLine {
  hangUp: () => void;
  /** Says what the person has before him, now and after every break. */
  look: (look: Look) => void;
}

/** How often the line is asked whether it still stands, and how long it may take to answer. */
const ASK_EVERY = 25_000;
const ANSWER_WITHIN = 8_000;

/** Opens the line and keeps it open. */
export function openRealtime(options: RealtimeOptions): RealtimeLine {
  const random = options.random ?? Math.random;
  let socket: WebSocket | null = null;
  let timer: number | undefined;
  let since: number | null = null;
  let attempt = 0;
  let stopped = false;
  let looking: Look | null = null;
  let unanswered: number | undefined;

  function say(words: object): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(words));
  }

  function sayLook(): void {
    if (looking) say({ type: "look", conversation_id: looking.conversation, typing: looking.typing });
  }

  /** After a sleep or a tunnel a socket may look open for minutes although nothing comes through. */
  function ask(): void {
    if (socket?.readyState !== WebSocket.OPEN || unanswered !== undefined) return;
    say({ type: "ping" });
    const asked = socket;
    unanswered = window.setTimeout(() => {
      unanswered = undefined;
      if (socket !== asked) return;
      // Nobody may be there to take leave of: the next one is opened without waiting for it.
      socket = null;
      asked.onclose = null;
      asked.close();
      retry();
    }, ANSWER_WITHIN);
  }

  function answered(): void {
    window.clearTimeout(unanswered);
    unanswered = undefined;
  }

  function receive(data: unknown): void {
    let frame: Frame;
    try {
      frame = JSON.parse(String(data)) as Frame;
    } catch {
      return;
    }
    answered();
    if (frame.type === "here") options.onHere(frame.conversation_id, frame.people);
    else if (frame.type === "online") options.onOnline(frame.people);
    // A browser that said it has no network may have kept the line all the same.
    else if (frame.type === "pong") options.onState("online");
    else follow(frame);
  }

  function follow(frame: StreamFrame): void {
    if (frame.type === "hello") {
      attempt = 0;
      // Without a place to continue from, what happened before this moment is unknown.
      if (since === null) options.onResync();
      since ??= frame.seq;
      options.onState("online");
      sayLook();
      return;
    }
    since = Math.max(since ?? 0, frame.seq);
    if (frame.type === "resync") {
      since = frame.seq;
      options.onResync();
      sayLook();
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
    answered();
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
    ask();
    window.clearTimeout(timer);
    attempt = 0;
    void connect();
  }

  function goOffline(): void {
    options.onState("offline");
  }

  window.addEventListener("online", comeBack);
  window.addEventListener("offline", goOffline);
  const asking = window.setInterval(ask, ASK_EVERY);
  function wakeUp(): void {
    if (document.visibilityState === "visible") comeBack();
  }
  document.addEventListener("visibilitychange", wakeUp);
  void connect();
  function hangUp(): void {
    stopped = true;
    window.clearTimeout(timer);
    window.clearInterval(asking);
    answered();
    document.removeEventListener("visibilitychange", wakeUp);
    window.removeEventListener("online", comeBack);
    window.removeEventListener("offline", goOffline);
    socket?.close(1000);
  }
  return {
    hangUp,
    look: (look) => {
      looking = look;
      sayLook();
    },
  };
}
