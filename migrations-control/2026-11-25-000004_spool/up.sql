CREATE TABLE spool (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    row_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    sealed text NOT NULL,
    items integer NOT NULL CHECK (items > 0),
    reason text NOT NULL CHECK (reason IN ('down', 'slow', 'busy', 'resting')),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    last_tried_at timestamptz,
    received_at timestamptz NOT NULL
);
-- What is sealed does not compress; trying would cost time on every webhook.
ALTER TABLE spool ALTER COLUMN sealed SET STORAGE EXTERNAL;
COMMENT ON TABLE spool IS 'What a tenant''s database could not take: one row per webhook and tenant, applied in the order of id and then deleted. Outlives its tenant, so it references none.';
COMMENT ON COLUMN spool.row_id IS 'The row''s name in the associated data: id is not known before the row is there.';
COMMENT ON COLUMN spool.sealed IS 'The changes as Meta sent them, with their channels, sealed for (tenant, spool, sealed, row_id).';
COMMENT ON COLUMN spool.reason IS 'Why it is here: the database was down, slow, busy with too much already, or left to rest after failures.';
COMMENT ON COLUMN spool.state IS 'failed: it could not be opened or read; a person retries or discards it.';
CREATE INDEX spool_waiting_idx ON spool (tenant_id, id) WHERE state = 'waiting';
CREATE INDEX spool_failed_idx ON spool (id) WHERE state = 'failed';
