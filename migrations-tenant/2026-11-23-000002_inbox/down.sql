DROP TABLE conversation_tags;
DROP TABLE tags;
DROP TABLE dead_letters;
DROP TABLE orphan_statuses;
DROP TABLE messages;
DROP TABLE conversations;
DROP TABLE contacts;
