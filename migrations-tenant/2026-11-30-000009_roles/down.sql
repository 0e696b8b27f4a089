ALTER TABLE events DROP COLUMN former_assignee_id;
ALTER TABLE users
    DROP CONSTRAINT users_role_fkey,
    ADD CONSTRAINT users_role_check CHECK (role IN ('admin', 'recepcion', 'caja', 'marketing', 'doctor')) NOT VALID;
DROP TABLE roles;
