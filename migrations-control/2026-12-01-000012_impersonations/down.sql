DROP TABLE session_proofs;
DROP TABLE impersonations;
