//! Everything the simulator remembers: lines, people, chats. Pure state: no clock, no I/O.

mod account;
pub mod chat;
pub mod identity;
pub mod line_state;
pub mod pairs;
pub mod people;
pub mod templates;
pub mod token;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::{
    chat::{Bubble, Chat, ChatKey, Direction},
    people::Person,
};
use self::{line_state::LineState, templates::Template, token::TokenState};
use crate::{
    config::Line,
    ledger::{Ledger, Sends},
};

/// The app that Meta's nodes name.
pub const APP_ID: &str = "720000000000001";
/// The portfolio that they name.
pub const BUSINESS_ID: &str = "710000000000001";

/// How long after a person's last message a business may write freely.
pub const WINDOW: TimeDelta = TimeDelta::hours(24);

/// How old a message may be that is marked as read or reacted to.
pub const REACHABLE: TimeDelta = TimeDelta::days(30);

/// Where webhooks go.
#[derive(Clone, Serialize, Deserialize)]
pub struct Callback {
    /// The URL.
    pub url: String,
    /// What the handshake sends.
    pub verify_token: String,
}

/// Everything that survives a restart when there is a state file.
#[derive(Default, Serialize, Deserialize)]
pub struct World {
    /// The lines, by id.
    pub lines: BTreeMap<String, Line>,
    /// Where webhooks go.
    pub callback: Option<Callback>,
    people: BTreeMap<String, Person>,
    chats: BTreeMap<String, BTreeMap<String, Chat>>,
    /// What was sent, counted.
    #[serde(default)]
    pub ledger: Ledger,
    #[serde(default)]
    states: BTreeMap<String, LineState>,
    #[serde(default)]
    tokens: BTreeMap<String, TokenState>,
    #[serde(default)]
    unsubscribed: BTreeSet<String>,
    #[serde(default)]
    overrides: BTreeMap<String, Callback>,
    #[serde(default)]
    templates: BTreeMap<String, Vec<Template>>,
    /// The phones that each line turns away.
    #[serde(default)]
    blocked: BTreeMap<String, BTreeSet<String>>,
    delivered: BTreeMap<String, u64>,
    #[serde(skip)]
    index: HashMap<String, ChatKey>,
    /// The phones of people who wrote, by account and user id.
    #[serde(skip)]
    user_ids: HashMap<(String, String), String>,
}

impl World {
    /// Makes a world that was read from a file usable.
    pub fn restore(&mut self) {
        for (line, chats) in &self.chats {
            for (phone, chat) in chats {
                for bubble in &chat.messages {
                    let key = ChatKey {
                        line: line.clone(),
                        phone: phone.clone(),
                    };
                    self.index.insert(bubble.wamid.clone(), key);
                }
            }
        }
    }

    /// Forgets what people wrote and were sent; keeps lines, callback and templates.
    pub fn forget(&mut self) {
        *self = Self {
            lines: std::mem::take(&mut self.lines),
            callback: self.callback.take(),
            templates: std::mem::take(&mut self.templates),
            ..Self::default()
        };
    }

    /// The messages between a line and a person.
    pub fn chat(&self, key: &ChatKey) -> Option<&Chat> {
        self.chats.get(&key.line)?.get(&key.phone)
    }

    /// Every chat of a line, with the person's phone.
    pub fn chats_of(&self, line: &str) -> impl Iterator<Item = (&String, &Chat)> {
        self.chats.get(line).into_iter().flatten()
    }

    /// Puts a message at the end of a chat, and counts it.
    pub fn add(&mut self, key: &ChatKey, bubble: Bubble, now: DateTime<Utc>) {
        match bubble.direction {
            Direction::Out => {
                let callback = bubble.callback_data.as_deref();
                self.ledger.accept(&key.line, &bubble.wamid, callback, now);
            }
            Direction::In => self.ledger.inbound(&key.line, now),
        }
        self.index.insert(bubble.wamid.clone(), key.clone());
        if let Some(forgotten) = self.chat_mut(key).push(bubble) {
            self.index.remove(&forgotten);
        }
    }

    /// The chat and message behind an id.
    pub fn find(&self, wamid: &str) -> Option<(ChatKey, &Bubble)> {
        let key = self.index.get(wamid)?;
        let bubble = self
            .chat(key)?
            .messages
            .iter()
            .rev()
            .find(|bubble| bubble.wamid == wamid)?;
        Some((key.clone(), bubble))
    }

    /// The message behind an id, to change it.
    pub fn find_mut(&mut self, wamid: &str) -> Option<&mut Bubble> {
        let key = self.index.get(wamid)?;
        let chat = self.chats.get_mut(&key.line)?.get_mut(&key.phone)?;
        chat.messages
            .iter_mut()
            .rev()
            .find(|bubble| bubble.wamid == wamid)
    }

    /// Marks a person's message of the last thirty days, and those before it, as read by the
    /// business.
    pub fn mark_read(&mut self, line: &str, wamid: &str, now: DateTime<Utc>) -> Option<ChatKey> {
        let (key, bubble) = self.find(wamid)?;
        if key.line != line || now - bubble.at > REACHABLE {
            return None;
        }
        self.chat_mut(&key).mark_read(wamid).then_some(key)
    }

    /// Whether the line turns the person away.
    pub fn is_blocked(&self, key: &ChatKey) -> bool {
        self.blocked
            .get(&key.line)
            .is_some_and(|phones| phones.contains(&key.phone))
    }

    /// Whom the line turns away.
    pub fn blocked_on(&self, line: &str) -> impl Iterator<Item = &String> {
        self.blocked.get(line).into_iter().flatten()
    }

    /// Turns the person away, or lets him in again.
    pub fn set_blocked(&mut self, key: &ChatKey, blocked: bool) {
        let phones = self.blocked.entry(key.line.clone()).or_default();
        if blocked {
            phones.insert(key.phone.clone());
        } else {
            phones.remove(&key.phone);
        }
    }

    /// Whether the business may write freely.
    pub fn window_is_open(&self, key: &ChatKey, now: DateTime<Utc>) -> bool {
        let last = self.chat(key).and_then(|chat| chat.last_inbound);
        last.is_some_and(|last| now - last < WINDOW)
    }

    /// Notes that the person wrote: it opens the window.
    pub fn renew_window(&mut self, key: &ChatKey, at: DateTime<Utc>) {
        let chat = self.chat_mut(key);
        chat.last_inbound = chat.last_inbound.max(Some(at));
    }

    /// Counts a free-form message that a line has delivered, and says how many there are.
    pub fn count_delivered(&mut self, line: &str) -> u64 {
        let count = self.delivered.entry(line.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// What was sent.
    pub fn sends(&self) -> Sends {
        self.ledger.sends()
    }

    /// The content of a message.
    pub fn payload_of(&self, wamid: &str) -> Option<&Value> {
        self.find(wamid).map(|(_, bubble)| &bubble.payload)
    }

    fn chat_mut(&mut self, key: &ChatKey) -> &mut Chat {
        self.chats
            .entry(key.line.clone())
            .or_default()
            .entry(key.phone.clone())
            .or_default()
    }
}
