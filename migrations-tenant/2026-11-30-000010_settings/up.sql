ALTER TABLE settings
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN language text NOT NULL DEFAULT 'es' CONSTRAINT settings_language_check CHECK (language IN ('es', 'en', 'pt')),
    ADD COLUMN timezone text,
    ADD COLUMN business_hours jsonb,
    ADD COLUMN holidays jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN away_message text,
    ADD COLUMN admin_phones jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN settings.version IS 'Raised by every change, so that nobody overwrites what he has not seen.';
COMMENT ON COLUMN settings.language IS 'What the bot speaks where nothing else is said.';
COMMENT ON COLUMN settings.timezone IS 'IANA name; NULL: the one that the platform gave the tenant.';
COMMENT ON COLUMN settings.business_hours IS 'By weekday, mon to sun, a list of {"from","to"} as HH:MM on the wall clock of the zone; NULL: always open.';
COMMENT ON COLUMN settings.holidays IS 'List of {"date","name","open"}: open holds the ranges of that day, in place of its weekday''s.';
COMMENT ON COLUMN settings.away_message IS 'What is answered outside the hours.';
COMMENT ON COLUMN settings.admin_phones IS 'E.164 numbers that may switch the bot by message; empty: the platform''s.';

CREATE TABLE branches (
    id uuid PRIMARY KEY,
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 40),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    address text,
    latitude double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude double precision CHECK (longitude BETWEEN -180 AND 180),
    hours_text text,
    phone text,
    is_active boolean NOT NULL DEFAULT true,
    position integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT branches_place_check CHECK ((latitude IS NULL) = (longitude IS NULL))
);
COMMENT ON TABLE branches IS 'Where the tenant receives customers.';
COMMENT ON COLUMN branches.code IS 'What the tenant''s own systems call it; unique without regard to case.';
COMMENT ON COLUMN branches.hours_text IS 'Opening hours as customers read them.';
COMMENT ON COLUMN branches.phone IS 'E.164.';
COMMENT ON COLUMN branches.position IS 'Its place in the list; equal ones stand by age.';
CREATE UNIQUE INDEX branches_code_key ON branches (lower(code));
CREATE INDEX branches_position_idx ON branches (position, id);

CREATE TABLE services (
    id uuid PRIMARY KEY,
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 40),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    subtitle text,
    description text,
    price_minor bigint CHECK (price_minor >= 0),
    currency text,
    duration_min integer CHECK (duration_min > 0),
    image_url text,
    is_featured boolean NOT NULL DEFAULT false,
    is_active boolean NOT NULL DEFAULT true,
    position integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT services_price_check CHECK ((price_minor IS NULL) = (currency IS NULL))
);
COMMENT ON TABLE services IS 'What the tenant offers.';
COMMENT ON COLUMN services.code IS 'What the tenant''s own systems call it; unique without regard to case.';
COMMENT ON COLUMN services.price_minor IS 'In the currency''s smallest unit: cents.';
COMMENT ON COLUMN services.currency IS 'ISO 4217.';
COMMENT ON COLUMN services.image_url IS 'https only.';
COMMENT ON COLUMN services.position IS 'Its place in the list; equal ones stand by age.';
CREATE UNIQUE INDEX services_code_key ON services (lower(code));
CREATE INDEX services_position_idx ON services (position, id);

CREATE TABLE service_branches (
    service_id uuid NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    branch_id uuid NOT NULL CONSTRAINT service_branches_branch_fkey REFERENCES branches (id),
    PRIMARY KEY (service_id, branch_id)
);
COMMENT ON TABLE service_branches IS 'Where a service is offered; one without rows is offered everywhere.';
CREATE INDEX service_branches_branch_idx ON service_branches (branch_id);

CREATE TABLE quick_replies (
    id uuid PRIMARY KEY,
    shortcut text NOT NULL CHECK (shortcut ~ '^[a-z0-9_-]{1,32}$'),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 4096),
    owner_id uuid REFERENCES users (id),
    uses bigint NOT NULL DEFAULT 0,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE quick_replies IS 'Texts that the team writes again and again.';
COMMENT ON COLUMN quick_replies.shortcut IS 'What is typed after the slash.';
COMMENT ON COLUMN quick_replies.body IS 'The text, with variables such as {{contact.name}}.';
COMMENT ON COLUMN quick_replies.owner_id IS 'Whose it is alone; NULL: everybody''s.';
COMMENT ON COLUMN quick_replies.uses IS 'How often it was put into an answer.';
CREATE UNIQUE INDEX quick_replies_shared_key ON quick_replies (shortcut) WHERE owner_id IS NULL;
CREATE UNIQUE INDEX quick_replies_own_key ON quick_replies (owner_id, shortcut) WHERE owner_id IS NOT NULL;

CREATE INDEX audit_log_actor_idx ON audit_log (actor_id, at DESC, id DESC);
CREATE INDEX audit_log_target_idx ON audit_log (target, at DESC, id DESC);

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log takes new entries only' USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION audit_log_is_append_only() IS 'Refuses to change what was written down.';
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
