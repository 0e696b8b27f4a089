DROP TABLE sessions;
DROP TABLE login_directory;
DROP TABLE platform_users;
