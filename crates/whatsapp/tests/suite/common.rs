//! Reads the synthetic fixtures.

use std::path::PathBuf;

use whatsapp::webhook::{Change, Envelope, InboundMessage, Item, StatusUpdate};

pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

pub fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

pub fn json(name: &str) -> serde_json::Value {
    serde_json::from_slice(&bytes(name)).unwrap()
}

pub fn items(name: &str) -> Vec<Item> {
    items_of(&bytes(name))
}

pub fn items_of(body: &[u8]) -> Vec<Item> {
    Envelope::parse(body)
        .unwrap()
        .changes
        .iter()
        .flat_map(Change::items)
        .collect()
}

pub fn messages(items: Vec<Item>) -> Vec<InboundMessage> {
    items
        .into_iter()
        .filter_map(|item| {
            if let Item::Message(message) = item {
                Some(message)
            } else {
                None
            }
        })
        .collect()
}

pub fn statuses(items: Vec<Item>) -> Vec<StatusUpdate> {
    items
        .into_iter()
        .filter_map(|item| {
            if let Item::Status(status) = item {
                Some(status)
            } else {
                None
            }
        })
        .collect()
}
