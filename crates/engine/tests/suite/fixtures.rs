//! Real shapes and hostile ones: nothing panics, no message is lost.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
};

use diesel_async::SimpleAsyncConnection;
use serde_json::value::RawValue;
use whatsapp::webhook::Envelope;

use crate::common::{PLATFORM, Stage, signed};

fn bodies() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../whatsapp/tests/fixtures");
    let mut found = Vec::new();
    for folder in ["messages", "batch", "hostile"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            found.push((path.display().to_string(), fs::read(path).unwrap()));
        }
    }
    found.sort();
    found
}

/// How many messages the body holds, by reading nothing but the lists.
fn messages(envelope: &Envelope) -> i64 {
    // Raw inside: one fixture is nested deeper than values may be.
    let of_change = |value: &str| {
        let value = whatsapp::storable(value);
        let value: HashMap<String, Box<RawValue>> = serde_json::from_str(&value).unwrap_or_default();
        let list = value.get("messages").map(|list| serde_json::from_str(list.get()));
        let list: Vec<Box<RawValue>> = list.and_then(Result::ok).unwrap_or_default();
        list.len()
    };
    let count: usize = envelope
        .changes
        .iter()
        .filter(|change| change.field == "messages" && change.phone_number_id.is_some())
        .map(|change| of_change(change.value.get()))
        .sum();
    i64::try_from(count).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_of_every_fixture_ends_in_a_thread_or_among_the_dead_letters() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    let bodies = bodies();
    assert!(bodies.len() > 60);
    let mut lines = BTreeSet::new();
    for (_, body) in &bodies {
        if let Ok(envelope) = Envelope::parse(body) {
            lines.extend(envelope.phone_number_ids().into_iter().map(str::to_owned));
        }
    }
    for line in &lines {
        stage.line(&sol, line, None).await;
    }
    for (name, body) in &bodies {
        let forget =
            "TRUNCATE messages, conversations, contacts, dead_letters, orphan_statuses, line_events CASCADE";
        sol.db.conn().await.unwrap().batch_execute(forget).await.unwrap();
        let header = signed(PLATFORM, body);
        let taken = stage.engine.ingest(body, Some(&header)).await;
        let Ok(envelope) = Envelope::parse(body) else {
            assert!(taken.is_err(), "{name}");
            continue;
        };
        taken.unwrap();
        let held =
            async || sol.count("messages").await + sol.count("dead_letters WHERE raw::text <> ''").await;
        let statuses = sol.count("dead_letters WHERE reason LIKE 'the status%'").await;
        let value = sol.count("dead_letters WHERE reason LIKE 'the value%'").await;
        let first = held().await;
        assert_eq!(first - statuses - value, messages(&envelope), "{name}");
        stage.engine.ingest(body, Some(&header)).await.unwrap();
        assert_eq!(held().await, first, "{name} again");
    }
}
