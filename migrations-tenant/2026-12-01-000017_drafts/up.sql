CREATE TABLE drafts (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('reply', 'note')),
    content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object' AND octet_length(content::text) <= 65536),
    version bigint GENERATED ALWAYS AS IDENTITY,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, conversation_id, kind)
);
COMMENT ON TABLE drafts IS 'Words that somebody has written and not sent, on whichever device.';
COMMENT ON COLUMN drafts.content IS 'key, text, file, quote, send_at.';
COMMENT ON COLUMN drafts.version IS 'Another one with every write and never the same again, also after the draft was removed.';
CREATE INDEX drafts_conversation_idx ON drafts (conversation_id);
CREATE INDEX drafts_recent_idx ON drafts (user_id, updated_at DESC);
