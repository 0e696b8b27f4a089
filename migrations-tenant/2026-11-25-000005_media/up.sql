CREATE TABLE media (
    id uuid PRIMARY KEY,
    message_id uuid NOT NULL CONSTRAINT media_message_id_key UNIQUE REFERENCES messages (id),
    channel_id uuid NOT NULL,
    kind text NOT NULL,
    wa_media_id text,
    mime_type text,
    filename text,
    voice boolean NOT NULL DEFAULT false,
    animated boolean NOT NULL DEFAULT false,
    sha256 bytea CHECK (octet_length(sha256) = 32),
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'fetching', 'stored', 'failed', 'too_large', 'expired', 'refused')),
    error text,
    attempts integer NOT NULL DEFAULT 0,
    attempt_id uuid,
    next_attempt_at timestamptz NOT NULL,
    content_hash bytea CHECK (octet_length(content_hash) = 32),
    content_type text,
    size bigint,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'stored') = (content_hash IS NOT NULL)),
    CHECK ((state = 'fetching') = (attempt_id IS NOT NULL))
);
COMMENT ON TABLE media IS 'The files that customers'' messages carry. Written with the message; the file itself is fetched afterwards and kept outside the database.';
COMMENT ON COLUMN media.kind IS 'image, video, audio, document or sticker.';
COMMENT ON COLUMN media.wa_media_id IS 'Meta''s id of the file; NULL when the webhook had none.';
COMMENT ON COLUMN media.mime_type IS 'As the sender''s phone says. What it is served as stands in content_type.';
COMMENT ON COLUMN media.sha256 IS 'What the webhook says the file''s bytes hash to; NULL when it does not say.';
COMMENT ON COLUMN media.state IS 'refused: Meta will not give it; expired: Meta no longer has it; too_large: nobody will fetch it.';
COMMENT ON COLUMN media.error IS 'Why the last attempt brought no file: a stable word.';
COMMENT ON COLUMN media.attempt_id IS 'Fences the attempt under way: a worker that was thought dead settles nothing.';
COMMENT ON COLUMN media.next_attempt_at IS 'When the next attempt is due; while fetching, when the lease ends and another worker may take over.';
COMMENT ON COLUMN media.content_hash IS 'SHA-256 of the stored bytes: their name in the store, under the tenant''s id.';
COMMENT ON COLUMN media.content_type IS 'The harmless type it is shown as; NULL: bytes to save.';
COMMENT ON COLUMN media.expires_at IS 'After this Meta no longer knows the id: seven days after the message.';
CREATE INDEX media_due_idx ON media (next_attempt_at, id) WHERE state IN ('pending', 'fetching');
