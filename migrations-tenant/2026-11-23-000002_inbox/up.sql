CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    user_key text NOT NULL CONSTRAINT contacts_user_key_key UNIQUE,
    phone text,
    bsuid text,
    name text,
    profile_name text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE contacts IS 'Customers.';
COMMENT ON COLUMN contacts.user_key IS 'Opaque: a phone number, a wa_id or a business-scoped user id.';
COMMENT ON COLUMN contacts.name IS 'As the team calls the customer; never overwritten by WhatsApp.';
COMMENT ON COLUMN contacts.profile_name IS 'As the customer''s WhatsApp profile says.';
CREATE INDEX contacts_phone_idx ON contacts (phone) WHERE phone IS NOT NULL;
CREATE INDEX contacts_bsuid_idx ON contacts (bsuid) WHERE bsuid IS NOT NULL;

CREATE TABLE conversations (
    id uuid PRIMARY KEY,
    channel_id uuid NOT NULL,
    user_key text NOT NULL,
    contact_id uuid NOT NULL REFERENCES contacts (id),
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'pending', 'snoozed', 'closed')),
    snoozed_until timestamptz,
    assignee_id uuid REFERENCES users (id),
    unread_count integer NOT NULL DEFAULT 0 CHECK (unread_count >= 0),
    last_message_id uuid,
    last_activity_at timestamptz NOT NULL,
    last_inbound_at timestamptz,
    window_expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT conversations_channel_id_user_key_key UNIQUE (channel_id, user_key),
    CHECK ((status = 'snoozed') = (snoozed_until IS NOT NULL))
);
COMMENT ON TABLE conversations IS 'One thread per customer and line.';
COMMENT ON COLUMN conversations.channel_id IS 'The line, by its id in the control plane.';
COMMENT ON COLUMN conversations.last_message_id IS 'The newest message or note, shown in the list.';
COMMENT ON COLUMN conversations.window_expires_at IS 'Until when free-form messages may be sent: 24 hours after the newest inbound message.';
CREATE INDEX conversations_activity_idx ON conversations (last_activity_at DESC, id DESC);
CREATE INDEX conversations_status_activity_idx ON conversations (status, last_activity_at DESC, id DESC);
CREATE INDEX conversations_assignee_activity_idx ON conversations (assignee_id, last_activity_at DESC, id DESC);
CREATE INDEX conversations_contact_id_idx ON conversations (contact_id);

CREATE TABLE messages (
    id uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversations (id),
    channel_id uuid NOT NULL,
    wamid text,
    direction text NOT NULL CHECK (direction IN ('in', 'out', 'note')),
    kind text NOT NULL,
    body text,
    payload jsonb,
    raw json,
    author_kind text NOT NULL CHECK (author_kind IN ('contact', 'agent', 'bot', 'system')),
    author_id uuid,
    context_wamid text,
    state text CHECK (state IN ('queued', 'sending', 'accepted', 'failed', 'unknown')),
    sent_at timestamptz,
    delivered_at timestamptz,
    read_at timestamptz,
    failed_at timestamptz,
    error_code integer,
    error_title text,
    error_detail text,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT messages_channel_id_wamid_key UNIQUE (channel_id, wamid),
    CHECK ((direction = 'out') = (state IS NOT NULL)),
    CHECK (direction <> 'note' OR wamid IS NULL)
);
COMMENT ON TABLE messages IS 'Everything said in a thread, notes included.';
COMMENT ON COLUMN messages.kind IS 'Meta''s type: text, image… or unsupported.';
COMMENT ON COLUMN messages.raw IS 'The item as Meta sent it, byte for byte: json, not jsonb, because jsonb refuses \u0000.';
COMMENT ON COLUMN messages.state IS 'How far our own sending got; what Meta reported after that is in the four timestamps, which only ever fill.';
COMMENT ON COLUMN messages.occurred_at IS 'Meta''s time for inbound messages, clamped; ours for the rest. The thread''s order.';
CREATE INDEX messages_thread_idx ON messages (conversation_id, occurred_at DESC, id DESC);

CREATE TABLE orphan_statuses (
    channel_id uuid NOT NULL,
    wamid text NOT NULL,
    status text NOT NULL,
    at timestamptz NOT NULL,
    error_code integer,
    error_title text,
    error_detail text,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (channel_id, wamid, status)
);
COMMENT ON TABLE orphan_statuses IS 'Statuses that came before their message was known; joined when it is.';

CREATE TABLE dead_letters (
    id uuid PRIMARY KEY,
    channel_id uuid NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    raw bytea NOT NULL,
    received_at timestamptz NOT NULL
);
COMMENT ON TABLE dead_letters IS 'Items of a webhook that could not be applied, with the reason; their neighbours went through.';
COMMENT ON COLUMN dead_letters.raw IS 'The item as it came: bytes, since it may be no valid text.';

CREATE TABLE tags (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    color text CHECK (color ~ '^#[0-9a-f]{6}$'),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tags IS 'Labels of conversations.';
CREATE UNIQUE INDEX tags_name_key ON tags (lower(name));

CREATE TABLE conversation_tags (
    conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    tag_id uuid NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, tag_id)
);
COMMENT ON TABLE conversation_tags IS 'Which conversations carry which tags.';
CREATE INDEX conversation_tags_tag_id_idx ON conversation_tags (tag_id);
