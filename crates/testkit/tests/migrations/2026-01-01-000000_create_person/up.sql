CREATE TABLE person (
    id uuid PRIMARY KEY,
    name varchar(80) NOT NULL,
    type text,
    tags text[] NOT NULL CHECK (array_position(tags, NULL) IS NULL),
    notes text[],
    search tsvector GENERATED ALWAYS AS (to_tsvector('simple', name)) STORED,
    boss_id uuid REFERENCES person
);
CREATE TABLE visit (
    person_id uuid NOT NULL REFERENCES person,
    at timestamptz NOT NULL,
    visit int4 NOT NULL,
    data jsonb,
    PRIMARY KEY (person_id, at)
);
CREATE TABLE bill (
    number int8 PRIMARY KEY,
    payer_id uuid NOT NULL REFERENCES person,
    payee_id uuid NOT NULL REFERENCES person,
    amount numeric NOT NULL,
    scan bytea,
    day date NOT NULL,
    paid bool NOT NULL DEFAULT false
);
