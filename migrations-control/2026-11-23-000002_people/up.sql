CREATE TABLE platform_users (
    id uuid PRIMARY KEY,
    email text NOT NULL CONSTRAINT platform_users_email_key UNIQUE CHECK (email = lower(email)),
    name text NOT NULL,
    password_hash text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    session_version integer NOT NULL DEFAULT 1,
    last_login_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE platform_users IS 'SuperAdmins. They belong to no tenant.';
COMMENT ON COLUMN platform_users.session_version IS 'Raised to end every session of the user at once.';

CREATE TABLE login_directory (
    email text NOT NULL CHECK (email = lower(email)),
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    PRIMARY KEY (email, tenant_id)
);
COMMENT ON TABLE login_directory IS 'Which tenants an e-mail may log in to. Passwords live in the tenants'' own databases.';
CREATE INDEX login_directory_tenant_id_idx ON login_directory (tenant_id);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    family_id uuid NOT NULL,
    tenant_id uuid REFERENCES tenants (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    token_digest bytea NOT NULL CONSTRAINT sessions_token_digest_key UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    rotated_at timestamptz,
    revoked_at timestamptz,
    user_agent text,
    ip text
);
COMMENT ON TABLE sessions IS 'Refresh tokens. Each use rotates the token inside its family; a second use of an old one revokes the family.';
COMMENT ON COLUMN sessions.tenant_id IS 'NULL for a SuperAdmin''s session.';
CREATE INDEX sessions_family_id_idx ON sessions (family_id);
CREATE INDEX sessions_user_idx ON sessions (user_id, tenant_id);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
