-- What the team knows of a customer beyond what WhatsApp tells. All of it is empty at first, so nothing is rewritten.
ALTER TABLE contacts
    ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN blocked_at timestamptz,
    ADD COLUMN merged_into uuid REFERENCES contacts (id),
    ADD COLUMN name_before_merge text;
COMMENT ON COLUMN contacts.attributes IS 'What the team wrote down of the customer: text by name.';
COMMENT ON COLUMN contacts.blocked_at IS 'Since when nobody writes to the customer; NULL: not blocked.';
COMMENT ON COLUMN contacts.merged_into IS 'The contact that the team says is the same person. Never one that is itself merged into another.';
COMMENT ON COLUMN contacts.name_before_merge IS 'The team''s name for it before it took the other''s, for the way back.';
CREATE INDEX contacts_merged_into_idx ON contacts (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE contact_blocks (
    contact_id uuid NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    channel_id uuid NOT NULL,
    blocked_at timestamptz NOT NULL,
    PRIMARY KEY (contact_id, channel_id)
);
COMMENT ON TABLE contact_blocks IS 'The lines on which WhatsApp itself turns the customer away.';

CREATE TABLE contact_attributes (
    key text PRIMARY KEY CHECK (char_length(key) BETWEEN 1 AND 40),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE contact_attributes IS 'Names of attributes that were ever written down, to be offered for the next customer.';
