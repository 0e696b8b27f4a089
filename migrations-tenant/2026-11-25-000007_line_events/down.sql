ALTER TABLE contacts DROP COLUMN marketing_preference_at;
DROP TABLE line_health;
DROP TABLE line_events;
