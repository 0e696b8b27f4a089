DROP TABLE contact_attributes;
DROP TABLE contact_blocks;
ALTER TABLE contacts
    DROP COLUMN name_before_merge,
    DROP COLUMN merged_into,
    DROP COLUMN blocked_at,
    DROP COLUMN attributes;
