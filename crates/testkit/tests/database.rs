// @generated from the migrations; `just schema` rewrites it.

diesel::table! {
    bill (number) {
        number -> Int8,
        payer_id -> Uuid,
        payee_id -> Uuid,
        amount -> Numeric,
        scan -> Nullable<Bytea>,
        day -> Date,
        paid -> Bool,
    }
}

diesel::table! {
    person (id) {
        id -> Uuid,
        name -> Text,
        #[sql_name = "type"]
        type_ -> Nullable<Text>,
        tags -> Array<Text>,
        notes -> Nullable<Array<Nullable<Text>>>,
        boss_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    visit (person_id, at) {
        person_id -> Uuid,
        at -> Timestamptz,
        #[sql_name = "visit"]
        visit_ -> Int4,
        data -> Nullable<Jsonb>,
    }
}

diesel::joinable!(visit -> person (person_id));

diesel::allow_tables_to_appear_in_same_query!(bill, person, visit,);
