-- The key by which browsers' push services know this installation (VAPID). Made when it is first needed.
CREATE TABLE push_keys (
    id uuid PRIMARY KEY,
    single boolean NOT NULL DEFAULT true UNIQUE CHECK (single),
    private_key_sealed text NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE push_keys IS 'The one key (VAPID) that signs messages to browsers. Another one would end every subscription.';
