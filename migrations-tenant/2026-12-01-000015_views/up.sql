CREATE TABLE views (
    id uuid PRIMARY KEY,
    owner_id uuid REFERENCES users (id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    filter jsonb NOT NULL CHECK (jsonb_typeof(filter) = 'object'),
    sort text NOT NULL CHECK (sort IN ('newest', 'oldest', 'window')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE views IS 'Ways to look at the inbox that somebody kept under a name.';
COMMENT ON COLUMN views.owner_id IS 'Whose it is alone; NULL: everybody''s.';
COMMENT ON COLUMN views.filter IS 'Members as the list of conversations takes them: status, assignee, tag, channel_id, unread, window, q.';
CREATE UNIQUE INDEX views_shared_key ON views (lower(name)) WHERE owner_id IS NULL;
CREATE UNIQUE INDEX views_own_key ON views (owner_id, lower(name)) WHERE owner_id IS NOT NULL;
