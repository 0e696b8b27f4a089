CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    message_id uuid NOT NULL CONSTRAINT outbox_message_id_key UNIQUE REFERENCES messages (id),
    conversation_id uuid NOT NULL REFERENCES conversations (id),
    channel_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'retry', 'accepted', 'failed', 'unknown')),
    attempt integer NOT NULL DEFAULT 0,
    attempt_id uuid,
    lease_until timestamptz,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE outbox IS 'Messages on their way to Meta. An attempt is committed before its call and fenced by attempt_id.';
COMMENT ON COLUMN outbox.state IS 'unknown: the call may have reached Meta; never repeated by itself.';
COMMENT ON COLUMN outbox.lease_until IS 'After this a sending attempt counts as unknown: its worker is gone.';
CREATE INDEX outbox_due_idx ON outbox (next_attempt_at, id) WHERE state IN ('queued', 'retry');
CREATE INDEX outbox_sending_idx ON outbox (lease_until) WHERE state = 'sending';
CREATE INDEX outbox_conversation_idx ON outbox (conversation_id, id) WHERE state IN ('queued', 'retry', 'sending');

CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL,
    key text NOT NULL,
    body_digest bytea NOT NULL,
    message_id uuid NOT NULL REFERENCES messages (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key)
);
COMMENT ON TABLE idempotency_keys IS 'Requests already taken: the same key and body give the same message again.';

CREATE TABLE events (
    seq bigint PRIMARY KEY,
    kind text NOT NULL,
    conversation_id uuid NOT NULL,
    message_id uuid,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE events IS 'What happened, in an order without gaps: the truth behind the socket.';
