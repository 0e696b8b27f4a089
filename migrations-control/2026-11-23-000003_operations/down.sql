DROP TABLE unrouted_lines;
DROP TABLE audit_log;
