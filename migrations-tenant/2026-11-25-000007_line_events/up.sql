CREATE TABLE line_events (
    id uuid PRIMARY KEY,
    channel_id uuid,
    waba_id text,
    field text NOT NULL,
    kind text NOT NULL,
    occurred_at timestamptz,
    received_at timestamptz NOT NULL,
    payload jsonb NOT NULL
);
COMMENT ON TABLE line_events IS 'What WhatsApp told of a line or its account that is no message: templates, quality, calls, groups, who answers… As it came.';
COMMENT ON COLUMN line_events.id IS 'Made of the contents, so that a redelivery is the same row.';
COMMENT ON COLUMN line_events.channel_id IS 'The line, by its id in the control plane; NULL for what concerns the whole account.';
COMMENT ON COLUMN line_events.field IS 'The webhook field: message_template_status_update, calls, messages…';
COMMENT ON COLUMN line_events.kind IS 'WhatsApp''s word for what happened: APPROVED, connect, error…';
CREATE INDEX line_events_received_idx ON line_events (received_at DESC, id DESC);
CREATE INDEX line_events_field_idx ON line_events (field, received_at DESC, id DESC);

CREATE TABLE line_health (
    channel_id uuid PRIMARY KEY,
    quality text,
    messaging_limit text,
    quality_at timestamptz,
    name_decision text,
    requested_name text,
    name_at timestamptz
);
COMMENT ON TABLE line_health IS 'The newest that WhatsApp told of each line''s number: how much it may send, and how it may be called.';

ALTER TABLE contacts ADD COLUMN marketing_preference_at timestamptz;
COMMENT ON COLUMN contacts.marketing_preference_at IS 'When the customer last said whether marketing messages are wanted: what he had said before does not count any more.';
