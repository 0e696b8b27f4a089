DROP TABLE wa_uploads;
DROP TABLE uploads;
DROP INDEX outbox_line_idx, outbox_scheduled_idx, outbox_unsettled_idx;
ALTER TABLE outbox
    ADD CONSTRAINT outbox_state_check CHECK (state IN ('queued', 'sending', 'retry', 'accepted', 'failed', 'unknown')) NOT VALID,
    DROP CONSTRAINT outbox_check,
    DROP COLUMN class,
    DROP COLUMN tries,
    DROP COLUMN repeated,
    DROP COLUMN unknown_at,
    DROP COLUMN unconfirmed;
ALTER TABLE conversations
    DROP COLUMN entry_point_expires_at,
    DROP CONSTRAINT conversations_check,
    ADD CONSTRAINT conversations_status_check CHECK (status IN ('open', 'pending', 'snoozed', 'closed')),
    ADD CONSTRAINT conversations_unread_count_check CHECK (unread_count >= 0),
    ADD CONSTRAINT conversations_check CHECK ((status = 'snoozed') = (snoozed_until IS NOT NULL));
ALTER TABLE messages
    DROP COLUMN send_at,
    DROP CONSTRAINT messages_check,
    ADD CONSTRAINT messages_direction_check CHECK (direction IN ('in', 'out', 'note')),
    ADD CONSTRAINT messages_author_kind_check CHECK (author_kind IN ('contact', 'agent', 'bot', 'system')),
    ADD CONSTRAINT messages_state_check CHECK (state IN ('queued', 'sending', 'accepted', 'failed', 'unknown')),
    ADD CONSTRAINT messages_check CHECK ((direction = 'out') = (state IS NOT NULL)),
    ADD CONSTRAINT messages_check1 CHECK (direction <> 'note' OR wamid IS NULL);
