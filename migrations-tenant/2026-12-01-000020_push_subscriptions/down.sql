DROP TABLE push_progress;
DROP TABLE push_subscriptions;
