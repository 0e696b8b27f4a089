DROP TRIGGER audit_log_append_only ON audit_log;
DROP FUNCTION audit_log_is_append_only();
DROP INDEX audit_log_actor_idx, audit_log_target_idx;
DROP TABLE quick_replies;
DROP TABLE service_branches;
DROP TABLE services;
DROP TABLE branches;
ALTER TABLE settings
    DROP COLUMN version,
    DROP COLUMN language,
    DROP COLUMN timezone,
    DROP COLUMN business_hours,
    DROP COLUMN holidays,
    DROP COLUMN away_message,
    DROP COLUMN admin_phones;
