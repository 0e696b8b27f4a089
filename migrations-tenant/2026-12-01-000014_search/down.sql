CREATE INDEX conversations_assignee_activity_idx ON conversations (assignee_id, last_activity_at DESC, id DESC);
DROP INDEX conversations_owner_status_idx;
DROP TABLE search_progress;
DROP TABLE contact_search;
DROP TABLE message_search;
