CREATE TABLE workers (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE workers IS 'Processes that work on tenants'' outboxes. One that was not seen for a lease is dead.';

CREATE TABLE lanes (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    owner uuid,
    epoch bigint NOT NULL DEFAULT 0,
    until timestamptz,
    CHECK ((owner IS NULL) = (until IS NULL))
) WITH (fillfactor = 70);
COMMENT ON TABLE lanes IS 'Which process works on a tenant, and until when unless it renews. Every time is this database''s.';
COMMENT ON COLUMN lanes.epoch IS 'Raised whenever the owner becomes another one.';
CREATE INDEX lanes_owner_idx ON lanes (owner);
