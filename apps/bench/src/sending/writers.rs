//! The team: writes through the API as a good client does. A request whose answer did not come is sent
//! again with the same key, to whichever server answers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::bail;
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::stand::{Thread, together};
use crate::http::{Answer, Connection};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a server that does not answer is left alone.
const PAUSE: Duration = Duration::from_millis(100);
/// When a message is given up.
const LONGEST: Duration = Duration::from_mins(2);

/// A message that a server has taken.
#[derive(Debug, Clone)]
pub struct Written {
    /// Where.
    pub thread: Thread,
    /// Its id.
    pub id: String,
}

/// Who writes, and where to.
#[derive(Debug)]
pub struct Writers {
    /// The servers' ports.
    pub ports: Vec<u16>,
    /// Access tokens, by tenant.
    pub tokens: Vec<String>,
    /// How many write at once.
    pub at_once: usize,
    /// How long each rests between two messages.
    pub rest: Duration,
    /// Requests that had to be sent again.
    pub again: AtomicU64,
}

impl Writers {
    /// Writes `count` messages, to all threads in turn.
    pub async fn write(self: &Arc<Self>, threads: &[Thread], count: usize) -> anyhow::Result<Vec<Written>> {
        let mut tasks = JoinSet::new();
        for first in 0..self.at_once {
            let own: Vec<(usize, Thread)> = (first..count)
                .step_by(self.at_once)
                .filter_map(|n| Some((n, threads.get(n % threads.len().max(1))?.clone())))
                .collect();
            let writers = Arc::clone(self);
            tasks.spawn(async move { writers.one_after_the_other(own).await });
        }
        Ok(together(tasks).await?.into_iter().flatten().collect())
    }

    async fn one_after_the_other(&self, messages: Vec<(usize, Thread)>) -> anyhow::Result<Vec<Written>> {
        let mut written = Vec::with_capacity(messages.len());
        let mut connection = None;
        for (number, thread) in messages {
            let begun = Instant::now();
            let id = loop {
                let answer = self.attempt(&mut connection, number, &thread).await;
                match answer {
                    Some(answer) if answer.status == 202 => {
                        let id = answer.json()?;
                        break id["id"].as_str().unwrap_or_default().to_owned();
                    }
                    // A server error, or too much at once; anything else a good client would not repeat.
                    Some(answer) if answer.status < 500 && answer.status != 429 => {
                        answer.json()?;
                    }
                    _ => {}
                }
                self.again.fetch_add(1, Ordering::Relaxed);
                if begun.elapsed() > LONGEST {
                    bail!("nobody took message {number}");
                }
                sleep(PAUSE).await;
            };
            written.push(Written { thread, id });
            if !self.rest.is_zero() {
                sleep(self.rest).await;
            }
        }
        Ok(written)
    }

    /// One request; nothing if it was not answered.
    async fn attempt(&self, kept: &mut Option<Connection>, number: usize, thread: &Thread) -> Option<Answer> {
        let token = self.tokens.get(thread.tenant)?;
        let mut connection = if let Some(kept) = kept.take() {
            kept
        } else {
            let turn = usize::try_from(self.again.load(Ordering::Relaxed)).unwrap_or_default();
            let port = self.ports.get((number + turn) % self.ports.len().max(1))?;
            Connection::open(*port).await.ok()?
        };
        let path = format!("/api/conversations/{}/messages", thread.id);
        let body = json!({ "type": "text", "text": { "body": format!("mensaje {number}") } }).to_string();
        let key = format!("sends-{number}");
        let posted = connection.post_as(token, &key, &path, body.as_bytes());
        let answer = timeout(PATIENCE, posted).await.ok()?.ok()?;
        *kept = Some(connection);
        Some(answer)
    }
}
