//! What becomes of a message that a business sent: sent, delivered, read, or failed.

mod batch;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use whatsapp::webhook::Status;

pub use self::batch::Waiting;
use crate::{
    clock,
    delivery::Delivery,
    payload::{self, StatusReport},
    simulator::Simulator,
    world::{Bubble, ChatKey, Direction},
};

impl Simulator {
    /// Lets an accepted message take its course, which may end with a code at once.
    pub fn take_course(self: &Arc<Self>, key: ChatKey, wamid: String, fails: Option<i64>) {
        let simulator = Arc::clone(self);
        self.spawn(async move { simulator.course(&key, &wamid, fails).await });
    }

    /// Reads what lies unread in a chat: its page has come on screen.
    pub fn catch_up(self: &Arc<Self>, key: &ChatKey) {
        let inner = self.lock();
        let messages = inner.world.chat(key).map(|chat| chat.messages.iter());
        let unread = |bubble: &&Bubble| bubble.direction == Direction::Out && bubble.status == "delivered";
        let unread = messages.into_iter().flatten().filter(unread);
        let unread: Vec<_> = unread.map(|bubble| bubble.wamid.clone()).collect();
        drop(inner);
        for wamid in unread {
            self.post(&wamid, "read", None);
        }
    }

    /// Sets a status and composes it; `None` when no business sent the message.
    fn set_status(
        &self,
        wamid: &str,
        status: &str,
        error_code: Option<i64>,
        at: DateTime<Utc>,
    ) -> Option<payload::Status> {
        let mut inner = self.lock();
        let (key, bubble) = inner.world.find(wamid)?;
        if bubble.direction == Direction::In {
            return None;
        }
        let bubble = bubble.clone();
        let line = inner.world.lines.get(&key.line)?.clone();
        let person = inner.world.person(&key.phone);
        let delivered = if status == "sent" {
            inner.world.count_delivered(&key.line)
        } else {
            0
        };
        if let Some(bubble) = inner.world.find_mut(wamid)
            && rank(status) >= rank(&bubble.status)
        {
            status.clone_into(&mut bubble.status);
            bubble.error_code = error_code;
        }
        drop(inner);
        self.tell("status", Some(key));
        let report = StatusReport {
            bubble: &bubble,
            status,
            at,
            error_code,
            delivered,
            with_conversation: major(&self.version) < 24,
        };
        Some(payload::status(&line, &person, &report))
    }

    /// Sets a status, posts it, and says how the first attempt went.
    pub async fn post_status(
        self: &Arc<Self>,
        wamid: &str,
        status: &str,
        error_code: Option<i64>,
        at: DateTime<Utc>,
    ) -> Option<Delivery> {
        let status = self.set_status(wamid, status, error_code, at)?;
        Some(self.deliver(batch::webhook(&[status])).await)
    }

    async fn course(self: &Arc<Self>, key: &ChatKey, wamid: &str, fails: Option<i64>) {
        let mut step = wamid
            .bytes()
            .fold(0_u64, |hash, byte| hash.wrapping_mul(31) + u64::from(byte));
        if let Some(code) = fails {
            self.pause(step).await;
            self.post(wamid, "failed", Some(code));
            return;
        }
        for status in self.statuses(key, wamid) {
            self.pause(step).await;
            self.post(wamid, status, None);
            step = step.wrapping_add(1);
        }
    }

    /// The statuses to come, in the order they are reported.
    fn statuses(&self, key: &ChatKey, wamid: &str) -> Vec<&'static str> {
        let mut inner = self.lock();
        if inner
            .world
            .payload_of(wamid)
            .is_some_and(|payload| payload["type"] == "reaction")
        {
            return vec!["sent"];
        }
        let mut statuses = vec!["sent", "delivered"];
        if inner.faults.auto_read || inner.on_screen.contains_key(key) {
            statuses.push("read");
        }
        if inner.faults.reorders() {
            statuses.reverse();
        }
        statuses
    }

    /// Sets a status and lets it come as the faults want it: late, twice, never, in company.
    fn post(self: &Arc<Self>, wamid: &str, status: &str, error_code: Option<i64>) {
        let fate = self.lock().faults.fate();
        let at = clock::now();
        // What does not come has happened nevertheless.
        let Some(status) = self.set_status(wamid, status, error_code, at) else {
            return;
        };
        for _ in 0..fate.copies {
            self.send_off(status.clone(), Duration::from_millis(fate.delay_ms));
        }
    }
}

/// Statuses never go backwards on a phone.
fn rank(status: &str) -> u8 {
    match Status::from(status.to_owned()) {
        Status::Sent => 1,
        Status::Delivered => 2,
        Status::Read => 3,
        Status::Played => 4,
        Status::Failed => 5,
        Status::Other(_) => 0,
    }
}

fn major(version: &str) -> u32 {
    let digits = version.trim_start_matches('v').split('.').next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(u32::MAX)
}
