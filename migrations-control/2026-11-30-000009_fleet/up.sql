CREATE TABLE database_servers (
    id uuid PRIMARY KEY,
    name text NOT NULL CONSTRAINT database_servers_name_key UNIQUE CHECK (length(name) BETWEEN 1 AND 120),
    host text NOT NULL,
    port integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
    admin_url_sealed text NOT NULL,
    server_version text NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE database_servers IS 'Servers on which the platform makes databases for tenants.';
COMMENT ON COLUMN database_servers.host IS 'Shown to the SuperAdmin; the sealed URL is what counts.';
COMMENT ON COLUMN database_servers.admin_url_sealed IS 'URL of somebody who may create databases and roles, sealed for (nobody, database_servers, admin_url_sealed, id).';
COMMENT ON COLUMN database_servers.server_version IS 'What the server said when the URL was saved.';
COMMENT ON COLUMN database_servers.is_default IS 'Where a database is made when no server is named.';
CREATE UNIQUE INDEX database_servers_one_default_key ON database_servers (is_default) WHERE is_default;

CREATE TABLE tenant_migrations (
    run_id uuid NOT NULL,
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    place integer NOT NULL,
    is_canary boolean NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    from_version text,
    to_version text,
    error text,
    started_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (run_id, tenant_id)
);
COMMENT ON TABLE tenant_migrations IS 'What became of each tenant''s database in each run of migrations. Ids of runs sort by time.';
COMMENT ON COLUMN tenant_migrations.place IS 'The order within the run.';
COMMENT ON COLUMN tenant_migrations.is_canary IS 'It goes first, and the others only if it went well.';
COMMENT ON COLUMN tenant_migrations.state IS 'running after its process has ended: it was interrupted, and is done again by the next run.';
COMMENT ON COLUMN tenant_migrations.from_version IS 'The newest migration applied before; NULL in an empty database, or where it could not be asked.';
CREATE INDEX tenant_migrations_tenant_idx ON tenant_migrations (tenant_id, run_id DESC);

CREATE TABLE tenant_states (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    looked_at timestamptz NOT NULL,
    error text,
    version text,
    pending integer,
    size_bytes bigint,
    connections integer,
    drift text[] NOT NULL DEFAULT '{}' CHECK (array_position(drift, NULL) IS NULL)
);
COMMENT ON TABLE tenant_states IS 'How a tenant''s database did when somebody last looked at it. No row: nobody has.';
COMMENT ON COLUMN tenant_states.error IS 'Why it could not be used; the other columns are NULL then.';
COMMENT ON COLUMN tenant_states.version IS 'The newest migration applied.';
COMMENT ON COLUMN tenant_states.pending IS 'Migrations of the looking release that are still to be applied.';
COMMENT ON COLUMN tenant_states.drift IS 'In what its schema differs from the looking release''s, a sentence each.';
