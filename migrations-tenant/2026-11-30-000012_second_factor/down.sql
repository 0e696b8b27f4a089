ALTER TABLE users
    DROP COLUMN totp_sealed,
    DROP COLUMN totp_confirmed_at,
    DROP COLUMN totp_last_step,
    DROP COLUMN recovery_codes;
