CREATE TABLE impersonations (
    id uuid PRIMARY KEY,
    superadmin_id uuid NOT NULL REFERENCES platform_users (id),
    superadmin_name text NOT NULL,
    superadmin_email text NOT NULL,
    family_id uuid NOT NULL,
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_id uuid,
    role text,
    can_write boolean NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 5 AND 500),
    began_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK ((user_id IS NULL) <> (role IS NULL)),
    CHECK (expires_at > began_at AND expires_at <= began_at + interval '60 minutes')
);
COMMENT ON TABLE impersonations IS 'When a SuperAdmin was in a tenant''s panel as one of its team, why, and what for. No user of the tenant comes from it.';
COMMENT ON COLUMN impersonations.superadmin_name IS 'As they were called and logged in then, like the e-mail.';
COMMENT ON COLUMN impersonations.family_id IS 'The SuperAdmin''s own session: when it ends, so does this.';
COMMENT ON COLUMN impersonations.user_id IS 'With whose eyes, in the tenant''s database; NULL: with those of the role.';
COMMENT ON COLUMN impersonations.can_write IS 'false: may look, and change nothing.';
CREATE INDEX impersonations_began_idx ON impersonations (began_at DESC, id DESC);
CREATE INDEX impersonations_tenant_idx ON impersonations (tenant_id, began_at DESC, id DESC);

CREATE TABLE session_proofs (
    family_id uuid NOT NULL,
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    password_digest bytea NOT NULL,
    session_version integer NOT NULL,
    with_code boolean NOT NULL,
    proven_at timestamptz NOT NULL,
    PRIMARY KEY (family_id, tenant_id)
);
COMMENT ON TABLE session_proofs IS 'The tenants of whose own passwords somebody has shown knowledge within a session, to change between them.';
COMMENT ON COLUMN session_proofs.password_digest IS 'SHA-256 of the password''s stored hash then: another password, and the proof is void.';
COMMENT ON COLUMN session_proofs.with_code IS 'Whether the tenant''s second factor was shown as well.';
