-- Browsers that want to be told while the desk is closed. Empty at first.
CREATE TABLE push_subscriptions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_version integer NOT NULL,
    endpoint text NOT NULL UNIQUE CHECK (octet_length(endpoint) <= 2048),
    p256dh text NOT NULL CHECK (octet_length(p256dh) <= 200),
    auth text NOT NULL CHECK (octet_length(auth) <= 100),
    whose text NOT NULL CHECK (whose IN ('mine', 'open', 'all')),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE push_subscriptions IS 'Browsers that want to be told while the desk is closed.';
COMMENT ON COLUMN push_subscriptions.session_version IS 'The person''s when it was made: whoever ends all sessions ends these as well.';
COMMENT ON COLUMN push_subscriptions.whose IS 'Of whose conversations customers'' messages are told: one''s own, also nobody''s, or everybody''s.';
CREATE INDEX push_subscriptions_user_idx ON push_subscriptions (user_id);

CREATE TABLE push_progress (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    seq bigint NOT NULL
);
COMMENT ON TABLE push_progress IS 'The last event that browsers were told of. One row.';
INSERT INTO push_progress (seq) VALUES (0);
