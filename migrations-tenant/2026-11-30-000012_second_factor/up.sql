ALTER TABLE users
    ADD COLUMN totp_sealed text,
    ADD COLUMN totp_confirmed_at timestamptz,
    ADD COLUMN totp_last_step bigint,
    ADD COLUMN recovery_codes text[] NOT NULL DEFAULT '{}' CHECK (array_position(recovery_codes, NULL) IS NULL);
COMMENT ON COLUMN users.totp_sealed IS 'The authenticator''s secret, sealed for this row.';
COMMENT ON COLUMN users.totp_confirmed_at IS 'Since when logging in asks for a code; NULL: it does not.';
COMMENT ON COLUMN users.totp_last_step IS 'The newest thirty seconds whose code was taken: each is taken once.';
COMMENT ON COLUMN users.recovery_codes IS 'SHA-256 of the recovery codes that are left.';
