-- Servers of the release before insert none of these columns: every one has a default or is generated.
ALTER TABLE dead_letters
    ADD COLUMN state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN last_tried_at timestamptz,
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN note text,
    ADD COLUMN fingerprint text NOT NULL
        GENERATED ALWAYS AS (left(regexp_replace(reason, '"[^"]*"|''[^'']*''|[0-9]+', '#', 'g'), 160)) STORED,
    ADD CONSTRAINT dead_letters_closed_check CHECK ((state = 'open') = (closed_at IS NULL));
COMMENT ON COLUMN dead_letters.state IS 'replayed: applied since; discarded: a person decided that it is not needed.';
COMMENT ON COLUMN dead_letters.attempts IS 'How often it was replayed in vain.';
COMMENT ON COLUMN dead_letters.note IS 'Why it was discarded.';
COMMENT ON COLUMN dead_letters.fingerprint IS 'The class of the reason: the same for items that fail alike, and without what the reason quotes.';
CREATE INDEX dead_letters_list_idx ON dead_letters (received_at DESC, id DESC);
CREATE INDEX dead_letters_open_idx ON dead_letters (received_at DESC, id DESC) WHERE state = 'open';
CREATE INDEX dead_letters_closed_idx ON dead_letters (closed_at) WHERE state <> 'open';
