CREATE TABLE tenant_meta (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    tenant_id uuid,
    last_event bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE tenant_meta IS 'Whose database this is. A server refuses to serve it as anybody else''s.';
COMMENT ON COLUMN tenant_meta.tenant_id IS 'NULL until the platform attaches the database to a tenant.';
COMMENT ON COLUMN tenant_meta.last_event IS 'Number of the newest event. Taken last in a transaction, so events become visible in order, without gaps.';
INSERT INTO tenant_meta DEFAULT VALUES;

CREATE TABLE users (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    email text NOT NULL CONSTRAINT users_email_key UNIQUE CHECK (email = lower(email)),
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'recepcion', 'caja', 'marketing', 'doctor')),
    is_active boolean NOT NULL DEFAULT true,
    session_version integer NOT NULL DEFAULT 1,
    last_login_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE users IS 'The tenant''s team. Passwords live here and nowhere else.';
COMMENT ON COLUMN users.session_version IS 'Raised to end every session of the user at once.';

CREATE TABLE settings (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    bot_enabled boolean NOT NULL DEFAULT true,
    auto_reply_enabled boolean NOT NULL DEFAULT true,
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE settings IS 'Switches of the whole tenant.';
INSERT INTO settings DEFAULT VALUES;

CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    target text,
    data jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE audit_log IS 'Who changed what in this tenant. Outlives the rows it names.';
CREATE INDEX audit_log_at_idx ON audit_log (at DESC, id DESC);
