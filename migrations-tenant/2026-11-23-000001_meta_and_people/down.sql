DROP TABLE audit_log;
DROP TABLE settings;
DROP TABLE users;
DROP TABLE tenant_meta;
