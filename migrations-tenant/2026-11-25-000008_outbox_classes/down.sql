DROP TABLE wa_uploads;
DROP TABLE uploads;
DROP INDEX outbox_line_idx, outbox_scheduled_idx, outbox_unsettled_idx;
ALTER TABLE outbox
    ADD CONSTRAINT outbox_state_check CHECK (state IN ('queued', 'sending', 'retry', 'accepted', 'failed', 'unknown')) NOT VALID,
    DROP CONSTRAINT outbox_check,
    DROP COLUMN class,
    DROP COLUMN tries,
    DROP COLUMN repeated,
    DROP COLUMN unknown_at;
ALTER TABLE conversations DROP COLUMN entry_point_expires_at;
ALTER TABLE messages DROP COLUMN send_at;
