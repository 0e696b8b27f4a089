ALTER TABLE tenant_meta DROP COLUMN identity_epoch;
ALTER TABLE contacts DROP COLUMN username, DROP COLUMN parent_bsuid, DROP COLUMN marketing_opt_out_at;
DROP TABLE contact_keys;
