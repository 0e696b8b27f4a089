//! Whatever is accepted is what will be sent: documented requests, changed at random.

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};
use whatsapp::outbound::OutboundContent;

use crate::{
    common::json,
    outbound_requests::{content_of, requests},
};

fn messages() -> Vec<Value> {
    requests().iter().map(|name| content_of(&json(name))).collect()
}

/// The paths of a value and of all in it.
fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(list) => {
            for (index, element) in list.iter().enumerate() {
                paths(element, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(object) => {
            for (name, element) in object {
                paths(element, &format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}

fn paths_of(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    paths(value, "", &mut found);
    found
}

#[derive(Debug, Clone)]
enum Change {
    /// Another value in its place.
    Put(Index, Value),
    /// What stands somewhere in another message.
    Graft(Index, Index, Index),
    /// Gone.
    Remove(Index),
    /// Once more.
    Repeat(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-200.0..200.0_f64).prop_map(Value::from),
        "\\PC{0,30}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
    ];
    let index = any::<Index>;
    prop_oneof![
        (index(), value).prop_map(|(at, value)| Change::Put(at, value)),
        (index(), index(), index()).prop_map(|(at, message, from)| Change::Graft(at, message, from)),
        index().prop_map(Change::Remove),
        index().prop_map(Change::Repeat),
    ]
}

fn apply(message: &mut Value, change: Change, others: &[Value]) {
    let places = paths_of(message);
    let place = |at: &Index| at.get(places.as_slice()).clone();
    match change {
        Change::Put(at, value) => *message.pointer_mut(&place(&at)).unwrap() = value,
        Change::Graft(at, other, piece) => {
            let other = other.get(others);
            let from = paths_of(other);
            let piece = other.pointer(piece.get::<String>(&from)).unwrap().clone();
            *message.pointer_mut(&place(&at)).unwrap() = piece;
        }
        Change::Remove(at) | Change::Repeat(at) if place(&at).is_empty() => {}
        Change::Remove(at) => {
            let path = place(&at);
            let (parent, name) = path.rsplit_once('/').unwrap();
            match message.pointer_mut(parent).unwrap() {
                Value::Object(object) => drop(object.remove(name)),
                Value::Array(list) => drop(list.remove(name.parse().unwrap())),
                other => panic!("{other} holds nothing"),
            }
        }
        Change::Repeat(at) => {
            let path = place(&at);
            let (parent, name) = path.rsplit_once('/').unwrap();
            if let Value::Array(list) = message.pointer_mut(parent).unwrap() {
                list.push(list[name.parse::<usize>().unwrap()].clone());
            }
        }
    }
}

/// The same JSON; 44 and 44.0 are one number.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, one)| other.get(name).is_some_and(|other| same(one, other)))
        }
        _ => one == other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_is_accepted_is_written_as_it_was_read(
        message in any::<Index>(),
        changes in vec(change(), 0..4),
    ) {
        let messages = messages();
        let mut value = message.get(&messages).clone();
        for change in changes {
            apply(&mut value, change, &messages);
        }
        match OutboundContent::parse(&value) {
            Ok(parsed) => {
                let written = parsed.to_value();
                prop_assert!(same(&written, &value), "{} became {}", value, written);
                let again = OutboundContent::parse(&written);
                prop_assert_eq!(again.as_ref(), Ok(&parsed));
                drop(parsed.validate());
            }
            Err(problems) => prop_assert!(!problems.as_slice().is_empty()),
        }
    }
}
