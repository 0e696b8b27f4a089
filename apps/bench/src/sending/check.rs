//! Holds what Meta took against what the team reads.

use std::collections::HashMap;

use serde::Serialize;

use super::{simulator::Simulator, writers::Written};
use crate::{provision::Tenant, sql};

/// Examples of each fault that are named.
const NAMED: usize = 5;

/// What was found. The second half must be zero.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Verdict {
    /// Messages that a server took.
    pub messages: usize,
    /// Messages that Meta took.
    pub accepted: usize,
    /// Messages shown as accepted, sent, delivered or read.
    pub shown_accepted: usize,
    /// Messages shown as failed.
    pub shown_failed: usize,
    /// Messages shown as not confirmed that Meta never took.
    pub unknown: usize,
    /// … and that Meta took: true only while no report of them has come.
    pub unknown_taken: usize,
    /// Messages that Meta took more than once.
    pub taken_twice: usize,
    /// Messages that a server took and that are not stored.
    pub lost: usize,
    /// Messages stored that nobody wrote, or twice.
    pub foreign: i64,
    /// Shown as accepted, which Meta never did.
    pub claimed: usize,
    /// Shown as failed or waiting, although Meta took them.
    pub denied: usize,
    /// Still waiting or on their way.
    pub waiting: usize,
    /// A few of what is wrong.
    pub examples: Vec<String>,
    /// Messages that no report has come of, to have one sent.
    #[serde(skip)]
    pub unheard: Vec<Written>,
}

impl Verdict {
    /// Whether everything that is shown is true.
    pub fn is_clean(&self) -> bool {
        self.taken_twice + self.lost + self.claimed + self.denied + self.waiting == 0 && self.foreign == 0
    }

    fn example(&mut self, of: usize, text: impl FnOnce() -> String) {
        if of <= NAMED {
            self.examples.push(text());
        }
    }

    fn count(&mut self, message: &Written, state: &str, taken: u64) {
        self.messages += 1;
        self.accepted += usize::from(taken > 0);
        if taken > 1 {
            self.taken_twice += 1;
            self.example(self.taken_twice, || {
                format!("{} was taken {taken} times", message.id)
            });
        }
        let lie = match (state, taken > 0) {
            ("accepted", true) => {
                self.shown_accepted += 1;
                None
            }
            ("accepted", false) => {
                self.claimed += 1;
                Some(self.claimed)
            }
            ("failed", false) => {
                self.shown_failed += 1;
                None
            }
            ("failed", true) => {
                self.denied += 1;
                Some(self.denied)
            }
            ("unknown", false) => {
                self.unknown += 1;
                None
            }
            ("unknown", true) => {
                self.unknown_taken += 1;
                self.unheard.push(message.clone());
                None
            }
            (_, taken) => {
                self.waiting += 1;
                self.denied += usize::from(taken);
                Some(self.waiting)
            }
        };
        if let Some(of) = lie {
            self.example(of, || {
                format!("{} is {state}, and Meta took it {taken} times", message.id)
            });
        }
    }
}

/// Looks at every message and at what the simulator counted.
pub async fn check(
    tenants: &[Tenant],
    written: &[Written],
    simulator: &Simulator,
) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::default();
    let mut stored = HashMap::new();
    for tenant in tenants {
        let client = sql::connect(&tenant.url).await?;
        let query = "SELECT m.id::text, m.state, count(*) OVER (PARTITION BY m.body) FROM messages AS m
                     JOIN outbox AS o ON o.message_id = m.id WHERE m.direction = 'out'";
        for row in client.query(query, &[]).await? {
            verdict.foreign += i64::from(row.try_get::<_, i64>(2)? > 1);
            stored.insert(row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?);
        }
    }
    // After the states: what was taken since is not held against them.
    let accepted = simulator.accepted().await?;
    for message in written {
        match stored.remove(&message.id) {
            Some(state) => {
                let taken = accepted.get(&message.id).copied().unwrap_or_default();
                verdict.count(message, &state, taken);
            }
            None => verdict.lost += 1,
        }
    }
    verdict.foreign += i64::try_from(stored.len())?;
    Ok(verdict)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sending::stand::Thread;

    #[test]
    fn what_is_shown_has_to_be_what_meta_did() {
        let message = Written {
            thread: Thread {
                tenant: 0,
                id: String::new(),
                phone: String::new(),
            },
            id: "m".to_owned(),
        };
        let is_clean = |state: &str, taken: u64| {
            let mut verdict = Verdict::default();
            verdict.count(&message, state, taken);
            verdict.is_clean()
        };
        for (state, taken) in [("accepted", 1), ("failed", 0), ("unknown", 0), ("unknown", 1)] {
            assert!(is_clean(state, taken), "{state}, taken {taken} times");
        }
        let lies = [("accepted", 0), ("failed", 1), ("accepted", 2), ("unknown", 2)];
        for (state, taken) in lies
            .into_iter()
            .chain([("queued", 0), ("queued", 1), ("sending", 1)])
        {
            assert!(!is_clean(state, taken), "{state}, taken {taken} times");
        }
    }
}
