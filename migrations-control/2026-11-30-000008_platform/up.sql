CREATE TABLE meta_apps (
    id uuid PRIMARY KEY,
    key text NOT NULL CONSTRAINT meta_apps_key_key UNIQUE CHECK (key ~ '^[A-Za-z0-9_-]{22}$'),
    tenant_id uuid REFERENCES tenants (id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    meta_app_id text CHECK (meta_app_id ~ '^[0-9]{5,32}$'),
    app_secret_sealed text,
    previous_secret_sealed text,
    previous_until timestamptz,
    verify_token_digest bytea NOT NULL,
    handshake_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((previous_secret_sealed IS NULL) = (previous_until IS NULL))
);
COMMENT ON TABLE meta_apps IS 'An app at Meta that has a callback path, a verify token and a secret of its own.';
COMMENT ON COLUMN meta_apps.key IS 'The last part of its callback path: 128 random bits.';
COMMENT ON COLUMN meta_apps.tenant_id IS 'Whose lines may be bound to it; NULL: anybody''s.';
COMMENT ON COLUMN meta_apps.meta_app_id IS 'Its id with Meta; only shown.';
COMMENT ON COLUMN meta_apps.app_secret_sealed IS 'Secret that signs its webhooks, sealed for (tenant, meta_apps, app_secret_sealed, app); the nil tenant where it is anybody''s. NULL: nothing is believed.';
COMMENT ON COLUMN meta_apps.previous_secret_sealed IS 'The secret before, sealed alike for its own column; believed until previous_until.';
COMMENT ON COLUMN meta_apps.verify_token_digest IS 'SHA-256 of the token that Meta sends in the GET handshake.';
COMMENT ON COLUMN meta_apps.handshake_at IS 'When a handshake with its token last went well.';
CREATE INDEX meta_apps_created_at_idx ON meta_apps (created_at DESC, id DESC);
CREATE INDEX meta_apps_tenant_id_idx ON meta_apps (tenant_id) WHERE tenant_id IS NOT NULL;

ALTER TABLE channels ADD COLUMN app_id uuid CONSTRAINT channels_app_id_fkey REFERENCES meta_apps (id);
COMMENT ON COLUMN channels.app_id IS 'The app whose webhooks bring its messages; NULL: one that uses the common path.';
CREATE INDEX channels_app_id_idx ON channels (app_id) WHERE app_id IS NOT NULL;

CREATE TABLE line_traffic (
    channel_id uuid PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
    handshake_at timestamptz,
    webhook_at timestamptz,
    message_at timestamptz,
    delivered_at timestamptz
);
COMMENT ON TABLE line_traffic IS 'When what last came in on a line, to the minute: times, never contents.';
COMMENT ON COLUMN line_traffic.handshake_at IS 'A handshake with the line''s own verify token.';
COMMENT ON COLUMN line_traffic.webhook_at IS 'A webhook that was believed.';
COMMENT ON COLUMN line_traffic.message_at IS 'A customer''s message.';
COMMENT ON COLUMN line_traffic.delivered_at IS 'A report that one of our messages was delivered or read.';

CREATE TABLE platform_facts (
    name text PRIMARY KEY,
    at timestamptz NOT NULL
);
COMMENT ON TABLE platform_facts IS 'When something of the whole installation last happened: handshake, with the common verify token.';

CREATE TABLE odoo_configs (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    base_url text NOT NULL CHECK (length(base_url) BETWEEN 1 AND 2048),
    db_name text NOT NULL CHECK (length(db_name) BETWEEN 1 AND 120),
    username text NOT NULL CHECK (length(username) BETWEEN 1 AND 200),
    password_sealed text,
    api_key_sealed text,
    version text,
    tested_at timestamptz,
    test_error text,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (password_sealed IS NOT NULL OR api_key_sealed IS NOT NULL)
);
COMMENT ON TABLE odoo_configs IS 'The Odoo that a tenant''s bot asks.';
COMMENT ON COLUMN odoo_configs.password_sealed IS 'Sealed for (tenant, odoo_configs, password_sealed, tenant).';
COMMENT ON COLUMN odoo_configs.api_key_sealed IS 'Sealed alike; used in place of the password where there is one.';
COMMENT ON COLUMN odoo_configs.version IS 'What the server said it is, at the last test that went well.';
COMMENT ON COLUMN odoo_configs.test_error IS 'Why the last test failed, in a stable word; NULL: it went well, or there was none.';

CREATE TABLE logos (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    key text NOT NULL CONSTRAINT logos_key_key UNIQUE CHECK (key ~ '^[A-Za-z0-9_-]{22}$'),
    content_type text NOT NULL CHECK (content_type IN ('image/png', 'image/jpeg', 'image/webp')),
    bytes bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 524288),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE logos IS 'A logo that was uploaded. Small and few, so they live here and every server has them.';
COMMENT ON COLUMN logos.key IS 'The last part of its public path: 128 random bits, new with every upload.';

CREATE INDEX audit_log_action_idx ON audit_log (action, at DESC, id DESC);
CREATE INDEX audit_log_actor_email_idx ON audit_log (actor_email, at DESC, id DESC) WHERE actor_email IS NOT NULL;

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is only ever added to' USING ERRCODE = 'restrict_violation';
END
$$;
COMMENT ON FUNCTION audit_log_is_append_only() IS 'Refuses to change or to remove what is in the audit log.';
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
