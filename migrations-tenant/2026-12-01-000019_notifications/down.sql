ALTER TABLE events DROP COLUMN user_id;
DROP TABLE notifications;
