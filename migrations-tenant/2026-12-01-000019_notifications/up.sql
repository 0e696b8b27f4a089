-- What somebody of the team is told of. Empty at first; the new column of events is written by nothing that runs now.
CREATE TABLE notifications (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('mention', 'assigned')),
    conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    message_id uuid REFERENCES messages (id) ON DELETE CASCADE,
    actor_id uuid,
    created_at timestamptz NOT NULL,
    read_at timestamptz
);
COMMENT ON TABLE notifications IS 'What somebody of the team is told of, until he has seen it.';
COMMENT ON COLUMN notifications.message_id IS 'The note that names him.';
COMMENT ON COLUMN notifications.actor_id IS 'Who did it: one of the team or an impersonation; NULL: the system.';
CREATE INDEX notifications_user_idx ON notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread_idx ON notifications (user_id, conversation_id) WHERE read_at IS NULL;
CREATE INDEX notifications_conversation_idx ON notifications (conversation_id);
CREATE INDEX notifications_message_idx ON notifications (message_id) WHERE message_id IS NOT NULL;

ALTER TABLE events ADD COLUMN user_id uuid;
COMMENT ON COLUMN events.user_id IS 'Whom alone it concerns; NULL: everybody who sees the conversation.';
