DROP TABLE push_keys;
