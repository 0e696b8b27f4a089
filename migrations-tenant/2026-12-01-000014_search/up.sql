-- What is searched stands aside, filled from the event log after the fact: nothing here costs an inbound message
-- anything, and a database full of messages is filled in the background, newest first. docs/adr/0014
CREATE TABLE message_search (
    at timestamptz NOT NULL,
    message_id uuid NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (at, message_id)
);
COMMENT ON TABLE message_search IS 'The words of each message that has some, without case and accents. Made from messages; may be emptied and made anew.';
COMMENT ON COLUMN message_search.at IS 'The message''s time: what is found is shown in this order.';
CREATE INDEX message_search_words_idx ON message_search USING gin (words);
-- A few pages that keep a long search to one stretch of time.
CREATE INDEX message_search_at_idx ON message_search USING brin (at) WITH (pages_per_range = 32, autosummarize = on);

CREATE TABLE contact_search (
    contact_id uuid PRIMARY KEY REFERENCES contacts (id) ON DELETE CASCADE,
    source uuid NOT NULL,
    words tsvector NOT NULL
);
COMMENT ON TABLE contact_search IS 'The words of each customer''s names and ids with all their ends, so that a part is found as a beginning is.';
COMMENT ON COLUMN contact_search.source IS 'Digest of what the words were made of.';
CREATE INDEX contact_search_words_idx ON contact_search USING gin (words);

CREATE TABLE search_progress (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    last_event bigint NOT NULL,
    messages_before uuid,
    contacts_before uuid
);
COMMENT ON TABLE search_progress IS 'How far the two tables above are. Locked by whoever fills them.';
COMMENT ON COLUMN search_progress.last_event IS 'Everything that the events up to this one name is in.';
COMMENT ON COLUMN search_progress.messages_before IS 'Messages that were there before: filled downwards, still to do below this id; NULL: done.';
COMMENT ON COLUMN search_progress.contacts_before IS 'The same of contacts.';
INSERT INTO search_progress (last_event, messages_before, contacts_before)
SELECT last_event, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff' FROM tenant_meta;

-- One person's conversations, or nobody's, of one state: the list merges such stretches. The index that goes served
-- the owner alone, and each message pays for every index of conversations.
CREATE INDEX conversations_owner_status_idx ON conversations (assignee_id, status, last_activity_at DESC, id DESC);
DROP INDEX conversations_assignee_activity_idx;
