CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id uuid,
    actor_email text,
    tenant_id uuid,
    action text NOT NULL,
    target text,
    data jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE audit_log IS 'Who changed what on the platform. Outlives the tenants and users it names, so it references none.';
COMMENT ON COLUMN audit_log.actor_id IS 'NULL when the command line acted.';
CREATE INDEX audit_log_at_idx ON audit_log (at DESC, id DESC);
CREATE INDEX audit_log_tenant_idx ON audit_log (tenant_id, at DESC, id DESC);

CREATE TABLE unrouted_lines (
    phone_number_id text PRIMARY KEY,
    waba_id text,
    display_phone_number text,
    hits bigint NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL
);
COMMENT ON TABLE unrouted_lines IS 'Lines that write to us and are not registered: the id, a count and the times, never a message.';
