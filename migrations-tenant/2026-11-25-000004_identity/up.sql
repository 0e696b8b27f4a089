CREATE TABLE contact_keys (
    key text PRIMARY KEY,
    contact_id uuid NOT NULL REFERENCES contacts (id),
    left_at timestamptz
);
COMMENT ON TABLE contact_keys IS 'Every id that a contact is or was known by: phone, business-scoped user id, group id. Old ones stay, since late events still name them.';
COMMENT ON COLUMN contact_keys.left_at IS 'When the contact changed to another id of that kind; NULL while the key is in use. What comes from a phone after this is somebody else''s.';
CREATE INDEX contact_keys_contact_id_idx ON contact_keys (contact_id);

-- The key that the conversations hang on comes first: two contacts that share an id were made before it was known of both.
INSERT INTO contact_keys (key, contact_id) SELECT user_key, id FROM contacts;
INSERT INTO contact_keys (key, contact_id)
SELECT DISTINCT ON (key) key, id
FROM contacts CROSS JOIN LATERAL (VALUES (phone), (bsuid)) AS ids (key)
WHERE key IS NOT NULL
ORDER BY key, created_at, id
ON CONFLICT (key) DO NOTHING;

ALTER TABLE contacts
    ADD COLUMN username text,
    ADD COLUMN parent_bsuid text,
    ADD COLUMN marketing_opt_out_at timestamptz;
COMMENT ON COLUMN contacts.username IS 'WhatsApp username without the @, if the customer has one.';
COMMENT ON COLUMN contacts.parent_bsuid IS 'User id common to linked business portfolios, where Meta has enabled it.';
COMMENT ON COLUMN contacts.marketing_opt_out_at IS 'Since when the customer wants no marketing messages; NULL: never said so, or resumed.';

ALTER TABLE tenant_meta ADD COLUMN identity_epoch bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN tenant_meta.identity_epoch IS 'Raised whenever a known key comes to mean another contact or thread. What a process remembers of "who is which thread" holds for one value.';
