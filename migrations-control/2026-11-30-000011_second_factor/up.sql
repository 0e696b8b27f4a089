ALTER TABLE platform_users
    ADD COLUMN totp_sealed text,
    ADD COLUMN totp_confirmed_at timestamptz,
    ADD COLUMN totp_last_step bigint,
    ADD COLUMN recovery_codes text[] NOT NULL DEFAULT '{}' CHECK (array_position(recovery_codes, NULL) IS NULL);
COMMENT ON COLUMN platform_users.totp_sealed IS 'The authenticator''s secret, sealed for this row.';
COMMENT ON COLUMN platform_users.totp_confirmed_at IS 'Since when logging in asks for a code; NULL: it does not.';
COMMENT ON COLUMN platform_users.totp_last_step IS 'The newest thirty seconds whose code was taken: each is taken once.';
COMMENT ON COLUMN platform_users.recovery_codes IS 'SHA-256 of the recovery codes that are left.';

CREATE TABLE platform_settings (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    superadmin_totp_required boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE platform_settings IS 'Settings of the whole platform.';
COMMENT ON COLUMN platform_settings.superadmin_totp_required IS 'Whether SuperAdmins need a second factor for everything but setting one up.';
INSERT INTO platform_settings DEFAULT VALUES;
