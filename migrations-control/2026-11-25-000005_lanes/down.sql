DROP TABLE lanes;
DROP TABLE workers;
