//! What was sent and what of it was acknowledged. The one truth that the databases are held against.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What Meta tells us.
#[derive(Debug, Clone)]
pub enum What {
    /// A customer wrote.
    Message {
        /// What they wrote.
        body: String,
    },
    /// A message of ours got on.
    Status(Status),
}

/// How far a message of ours got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Left Meta.
    Sent,
    /// Reached the phone.
    Delivered,
    /// Was read.
    Read,
    /// Went nowhere.
    Failed,
}

impl Status {
    /// Meta's word, and with `_at` the column's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }

    /// All of them.
    pub const ALL: [Self; 4] = [Self::Sent, Self::Delivered, Self::Read, Self::Failed];
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Whose.
    pub tenant: usize,
    /// Of which customer.
    pub contact: u64,
    /// Which message it is or is about.
    pub wamid: String,
    /// What happened.
    pub what: What,
    /// Whether it was answered 200, at least once.
    pub acknowledged: bool,
}

/// All events, in the order of their making.
#[derive(Default)]
pub struct Ledger(Mutex<Vec<Event>>);

/// A tenant's part, by message.
#[derive(Debug, Default)]
pub struct Expected {
    /// Messages: what they say, and whether they were acknowledged.
    pub messages: HashMap<String, (String, bool)>,
    /// Reports about messages of ours: which were made, and which were acknowledged.
    pub statuses: HashMap<String, Vec<(Status, bool)>>,
}

impl Ledger {
    /// Writes an event down and returns its number.
    pub fn add(&self, event: Event) -> usize {
        let mut events = self.lock();
        events.push(event);
        events.len() - 1
    }

    /// The webhook with these events was answered 200.
    pub fn acknowledge(&self, numbers: &[usize]) {
        let mut events = self.lock();
        for number in numbers {
            if let Some(event) = events.get_mut(*number) {
                event.acknowledged = true;
            }
        }
    }

    /// Events sent and acknowledged so far.
    pub fn counts(&self) -> (usize, usize) {
        let events = self.lock();
        let acknowledged = events.iter().filter(|event| event.acknowledged).count();
        (events.len(), acknowledged)
    }

    /// What a tenant's database must hold.
    pub fn expected(&self, tenant: usize) -> Expected {
        let mut expected = Expected::default();
        for event in self.lock().iter().filter(|event| event.tenant == tenant) {
            let (wamid, acknowledged) = (event.wamid.clone(), event.acknowledged);
            match &event.what {
                What::Message { body } => {
                    expected.messages.insert(wamid, (body.clone(), acknowledged));
                }
                What::Status(status) => {
                    expected
                        .statuses
                        .entry(wamid)
                        .or_default()
                        .push((*status, acknowledged));
                }
            }
        }
        expected
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
