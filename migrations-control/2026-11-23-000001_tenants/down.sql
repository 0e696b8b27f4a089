DROP TABLE branding;
DROP TABLE channels;
DROP TABLE tenant_databases;
DROP TABLE tenants;
