CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    slug text NOT NULL CONSTRAINT tenants_slug_key UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    plan text NOT NULL DEFAULT 'starter' CHECK (plan IN ('starter', 'growth', 'scale', 'enterprise')),
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tenants IS 'A customer company.';
COMMENT ON COLUMN tenants.slug IS 'Short unique name, used at login and in commands.';
COMMENT ON COLUMN tenants.is_active IS 'A suspended tenant cannot log in or send; its messages keep arriving.';

CREATE TABLE tenant_databases (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    url_sealed text NOT NULL,
    host text NOT NULL,
    port integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
    database_name text NOT NULL,
    user_name text NOT NULL,
    ssl_mode text NOT NULL,
    server_version text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_databases_place_key UNIQUE (host, port, database_name)
);
COMMENT ON TABLE tenant_databases IS 'Where a tenant''s own database is.';
COMMENT ON COLUMN tenant_databases.url_sealed IS 'The whole URL, sealed for (tenant, tenant_databases, url_sealed, tenant).';
COMMENT ON COLUMN tenant_databases.host IS 'Shown to the SuperAdmin; the sealed URL is what counts.';

CREATE TABLE channels (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    phone_number_id text NOT NULL CONSTRAINT channels_phone_number_id_key UNIQUE CHECK (phone_number_id ~ '^[0-9]{5,32}$'),
    waba_id text CHECK (waba_id ~ '^[0-9]{5,32}$'),
    display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 120),
    display_phone_number text,
    verify_token_digest bytea,
    wa_token_sealed text,
    app_secret_sealed text,
    is_active boolean NOT NULL DEFAULT true,
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE channels IS 'A WhatsApp line. phone_number_id alone routes a webhook.';
COMMENT ON COLUMN channels.verify_token_digest IS 'SHA-256 of the token that Meta sends in the GET handshake.';
COMMENT ON COLUMN channels.wa_token_sealed IS 'Access token for the Graph API, sealed for (tenant, channels, wa_token_sealed, channel).';
COMMENT ON COLUMN channels.app_secret_sealed IS 'Secret that signs this line''s webhooks, sealed alike; NULL means the platform''s own.';
CREATE INDEX channels_tenant_id_idx ON channels (tenant_id, created_at);
CREATE INDEX channels_waba_id_idx ON channels (waba_id) WHERE waba_id IS NOT NULL;
CREATE INDEX channels_verify_token_digest_idx ON channels (verify_token_digest) WHERE verify_token_digest IS NOT NULL;
CREATE UNIQUE INDEX channels_one_default_per_tenant_key ON channels (tenant_id) WHERE is_default;

CREATE TABLE branding (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    brand_name text NOT NULL CHECK (length(brand_name) BETWEEN 1 AND 120),
    logo_url text,
    color_primary text CHECK (color_primary ~ '^#[0-9a-f]{6}$'),
    color_accent text CHECK (color_accent ~ '^#[0-9a-f]{6}$'),
    color_background text CHECK (color_background ~ '^#[0-9a-f]{6}$'),
    timezone text,
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE branding IS 'How a tenant''s panel looks. timezone is an IANA name.';
