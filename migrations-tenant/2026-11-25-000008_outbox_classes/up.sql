-- PostgreSQL reads every CHECK anew for each statement that writes a row; one of them costs less than five, and
-- an array constant less than IN. NOT VALID: the rows that are there held the stricter ones that go.
ALTER TABLE messages
    ADD CONSTRAINT messages_check2 CHECK (
        direction = ANY ('{in,out,note}'::text[])
        AND author_kind = ANY ('{contact,agent,bot,campaign,system}'::text[])
        AND (state = ANY ('{queued,sending,accepted,failed,unknown}'::text[])) IS NOT FALSE
        AND (direction = 'out') = (state IS NOT NULL)
        AND (direction <> 'note' OR wamid IS NULL)
    ) NOT VALID,
    DROP CONSTRAINT messages_direction_check,
    DROP CONSTRAINT messages_author_kind_check,
    DROP CONSTRAINT messages_state_check,
    DROP CONSTRAINT messages_check,
    DROP CONSTRAINT messages_check1;
ALTER TABLE messages RENAME CONSTRAINT messages_check2 TO messages_check;

ALTER TABLE conversations
    ADD CONSTRAINT conversations_check1 CHECK (
        status = ANY ('{open,pending,snoozed,closed}'::text[])
        AND unread_count >= 0
        AND (status = 'snoozed') = (snoozed_until IS NOT NULL)
    ) NOT VALID,
    DROP CONSTRAINT conversations_status_check,
    DROP CONSTRAINT conversations_unread_count_check,
    DROP CONSTRAINT conversations_check;
ALTER TABLE conversations RENAME CONSTRAINT conversations_check1 TO conversations_check;

ALTER TABLE messages ADD COLUMN send_at timestamptz;
COMMENT ON COLUMN messages.send_at IS 'When a person wants it to go out; NULL: at once.';

ALTER TABLE conversations ADD COLUMN entry_point_expires_at timestamptz;
COMMENT ON COLUMN conversations.entry_point_expires_at IS 'Until when messages are free because the customer came from an advertisement: 72 hours from our answer. window_expires_at alone says what may be sent.';

ALTER TABLE outbox
    ADD COLUMN class text NOT NULL DEFAULT 'agent',
    ADD COLUMN tries integer NOT NULL DEFAULT 0,
    ADD COLUMN repeated boolean NOT NULL DEFAULT false,
    ADD COLUMN unknown_at timestamptz,
    ADD COLUMN unconfirmed integer,
    ADD CONSTRAINT outbox_check CHECK (
        state = ANY ('{scheduled,queued,sending,retry,accepted,failed,unknown,cancelled}'::text[])
        AND class = ANY ('{agent,bot,campaign}'::text[])
    ) NOT VALID,
    DROP CONSTRAINT outbox_state_check;
COMMENT ON COLUMN outbox.class IS 'Who waits for it; in the order of the alphabet, which is the order in which they are served.';
COMMENT ON COLUMN outbox.attempt IS 'How often a call was permitted, ever; names the attempt in the callback data.';
COMMENT ON COLUMN outbox.tries IS 'The same since a person last asked for it; bounds what is repeated by itself.';
COMMENT ON COLUMN outbox.repeated IS 'Whether a reply of the bot whose outcome nobody knew was sent once more.';
COMMENT ON COLUMN outbox.unknown_at IS 'Since when nobody knows whether it went out.';
COMMENT ON COLUMN outbox.unconfirmed IS 'The oldest attempt of which nobody knows whether it arrived; set while unknown_at is. A report that it arrived counts, whatever was tried since.';
UPDATE outbox SET unknown_at = now(), unconfirmed = attempt WHERE state = 'unknown';
COMMENT ON COLUMN outbox.next_attempt_at IS 'Not before; of a scheduled one: when it joins the queue.';
CREATE INDEX outbox_line_idx ON outbox (channel_id, class, id) WHERE state IN ('queued', 'retry');
CREATE INDEX outbox_scheduled_idx ON outbox (next_attempt_at) WHERE state = 'scheduled';
CREATE INDEX outbox_unsettled_idx ON outbox (class, unknown_at) WHERE state = 'unknown' AND class <> 'agent';

CREATE TABLE uploads (
    id uuid PRIMARY KEY,
    content_hash bytea NOT NULL,
    content_type text NOT NULL,
    size bigint NOT NULL,
    filename text,
    voice boolean NOT NULL DEFAULT false,
    created_by uuid REFERENCES users (id),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE uploads IS 'Files that the team wants to send; the bytes are in the store, by content_hash.';

CREATE TABLE wa_uploads (
    channel_id uuid NOT NULL,
    content_hash bytea NOT NULL,
    content_type text NOT NULL,
    wa_media_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (channel_id, content_hash, content_type)
);
COMMENT ON TABLE wa_uploads IS 'Files that WhatsApp has from us, under which id and until when, so that each is uploaded once in its life there.';
