CREATE TABLE impersonations (
    id uuid PRIMARY KEY,
    superadmin_id uuid NOT NULL,
    superadmin_name text NOT NULL,
    superadmin_email text NOT NULL,
    user_id uuid REFERENCES users (id),
    role text,
    can_write boolean NOT NULL,
    reason text NOT NULL,
    began_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK ((user_id IS NULL) <> (role IS NULL))
);
COMMENT ON TABLE impersonations IS 'When a SuperAdmin of the platform was here as one of the team, and why. What was done then names this row where it would name a user.';
COMMENT ON COLUMN impersonations.user_id IS 'With whose eyes; NULL: with those of the role.';
COMMENT ON COLUMN impersonations.can_write IS 'false: could look, and change nothing.';
