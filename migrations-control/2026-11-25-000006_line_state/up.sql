CREATE TABLE line_states (
    channel_id uuid PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
    tried_at timestamptz,
    check_error text,
    failing_since timestamptz,
    checked_at timestamptz,
    token_valid boolean,
    token_error text,
    token_expires_at timestamptz,
    app_id text,
    scopes text[] NOT NULL DEFAULT '{}' CHECK (array_position(scopes, NULL) IS NULL),
    missing_scopes text[] NOT NULL DEFAULT '{}' CHECK (array_position(missing_scopes, NULL) IS NULL),
    app_secret_fits boolean,
    is_subscribed boolean,
    number_error text,
    number_status text,
    quality text,
    messaging_limit text,
    throughput text,
    on_business_app boolean,
    verified_name text,
    name_status text,
    can_send text,
    issues jsonb NOT NULL DEFAULT '[]',
    paused_at timestamptz,
    pause_code text,
    pause_meta_code bigint,
    pause_message text,
    pause_hold_seconds integer NOT NULL DEFAULT 0 CHECK (pause_hold_seconds >= 0),
    resumed_at timestamptz,
    CHECK ((paused_at IS NULL) = (pause_code IS NULL))
);
COMMENT ON TABLE line_states IS 'What is known of a line from asking Meta, and whether its sending is paused. No row: never asked since its token was set.';
COMMENT ON COLUMN line_states.tried_at IS 'When Meta was asked last, whether or not an answer came.';
COMMENT ON COLUMN line_states.check_error IS 'Why the last try told nothing; what an earlier one told is kept.';
COMMENT ON COLUMN line_states.failing_since IS 'Since when tries tell nothing.';
COMMENT ON COLUMN line_states.checked_at IS 'When what follows was told. NULL in a column: Meta did not say.';
COMMENT ON COLUMN line_states.token_error IS 'Meta''s words on a token that is not valid.';
COMMENT ON COLUMN line_states.token_expires_at IS 'NULL: never, or not told.';
COMMENT ON COLUMN line_states.app_id IS 'The app that the token belongs to.';
COMMENT ON COLUMN line_states.missing_scopes IS 'Permissions that the line needs and the token lacks, wholly or for this account.';
COMMENT ON COLUMN line_states.app_secret_fits IS 'Whether the app secret in use is that of the token''s app.';
COMMENT ON COLUMN line_states.is_subscribed IS 'Whether the account''s events go to the token''s app.';
COMMENT ON COLUMN line_states.number_error IS 'Meta''s words on a number that cannot be read.';
COMMENT ON COLUMN line_states.number_status IS 'This and the next ones are Meta''s own words: CONNECTED, GREEN, TIER_2K, STANDARD, APPROVED, AVAILABLE…';
COMMENT ON COLUMN line_states.on_business_app IS 'The number is on the WhatsApp Business app as well: 20 messages a second, no more.';
COMMENT ON COLUMN line_states.issues IS 'What Meta names as the reason why it cannot send: a list of objects.';
COMMENT ON COLUMN line_states.paused_at IS 'Since when nothing is sent; NULL: it is not paused.';
COMMENT ON COLUMN line_states.pause_code IS 'Why, in a stable word.';
COMMENT ON COLUMN line_states.pause_hold_seconds IS 'How long a check leaves the pause alone: a line that is paused again soon after rests longer.';
COMMENT ON COLUMN line_states.resumed_at IS 'When a check last ended a pause.';
CREATE INDEX line_states_paused_idx ON line_states (paused_at) WHERE paused_at IS NOT NULL;
