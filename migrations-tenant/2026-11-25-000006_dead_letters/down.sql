ALTER TABLE dead_letters
    DROP COLUMN fingerprint,
    DROP COLUMN note,
    DROP COLUMN closed_at,
    DROP COLUMN last_tried_at,
    DROP COLUMN attempts,
    DROP COLUMN state;
DROP INDEX IF EXISTS dead_letters_list_idx;
