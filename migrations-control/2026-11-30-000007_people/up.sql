CREATE TABLE login_links (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('invite', 'reset')),
    tenant_id uuid REFERENCES tenants (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    token_digest bytea NOT NULL CONSTRAINT login_links_token_digest_key UNIQUE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    created_by uuid,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE login_links IS 'Links by which somebody sets a password: invitations and resets. Each works once.';
COMMENT ON COLUMN login_links.tenant_id IS 'NULL for a SuperAdmin''s.';
COMMENT ON COLUMN login_links.token_digest IS 'SHA-256 of what the link carries; the link itself is kept nowhere.';
COMMENT ON COLUMN login_links.created_by IS 'Who made it; NULL: the person asked for it without being logged in, or the command line.';
CREATE INDEX login_links_user_idx ON login_links (user_id, tenant_id);
CREATE INDEX login_links_expires_at_idx ON login_links (expires_at);
