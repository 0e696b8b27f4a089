//! The code is the model. Each rule is applied to real rows through the functions that the product
//! uses, in every state that the model reaches, and leaves them as the specification says. From the
//! first state on, whatever comes, the rows so stay what the model proves things about.

use std::collections::HashSet;

use pg::{Conn, DbError, Tenant};
use tenant::{
    message::MessageStatus,
    outbox::{
        self, Attempt, CancelError, RetryError, Room,
        SendClass::{self, Agent, Bot, Campaign},
        Settlement, cancel_message, retry_message,
    },
    status::{Delivery, SendFailure},
    user::UserId,
};

use super::{
    BOUNDS,
    entry::{Ending, Entry, Mistakes, Report, Shown, State},
    explore::explore,
    rows::{self, DUE, NOW},
    world::Bounds,
};
use crate::common::{LINE, Test, accepted, at, report, settle};

const RIGHT: Mistakes = BOUNDS.mistakes;
pub const DAY: i64 = 24 * 3_600;

/// A rule, as the product's functions know it.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Time passes, but not enough of it.
    Tidy,
    Begin,
    Claim,
    Refuse,
    Settle(u8, Ending),
    EndLease,
    WaitIsOver,
    Report(u8, Report),
    Retry,
    Cancel,
}

/// Every rule that can meet the entry. Time's rules stand for a moment at which nothing else is due.
pub fn rules(entry: &Entry) -> Vec<Rule> {
    let mut all = vec![Rule::Tidy, Rule::Claim, Rule::Refuse, Rule::Retry, Rule::Cancel];
    match entry.state {
        State::Scheduled => all.push(Rule::Begin),
        State::Sending => all.push(Rule::EndLease),
        _ => all.push(Rule::WaitIsOver),
    }
    for n in 1..=entry.attempt {
        let endings = [Ending::Accepted, Ending::Retry, Ending::Failed, Ending::Unknown];
        all.extend(endings.map(|ending| Rule::Settle(n, ending)));
        all.extend([Report::Delivered, Report::Failed].map(|report| Rule::Report(n, report)));
    }
    all
}

pub fn specified(mut entry: Entry, rule: Rule) -> Entry {
    match rule {
        Rule::Tidy => {}
        Rule::Begin => entry.begin(),
        Rule::Claim => drop(entry.claim()),
        Rule::Refuse => entry.refuse(RIGHT),
        Rule::Settle(n, ending) => entry.settle(n, ending, RIGHT),
        Rule::EndLease => entry.end_lease(RIGHT),
        Rule::WaitIsOver => entry.wait_is_over(RIGHT),
        Rule::Report(n, report) => entry.report(n, report, RIGHT),
        Rule::Retry => drop(entry.retry()),
        Rule::Cancel => drop(entry.cancel()),
    }
    entry
}

/// Applies a rule to rows.
pub struct Subject<'t> {
    pub of: &'t Attempt,
    pub actor: UserId,
    /// Attempts that were claimed here; those before have the fences that were put.
    pub claimed: Vec<Attempt>,
}

impl Subject<'_> {
    fn attempt(&self, n: u8) -> Attempt {
        let claimed = self
            .claimed
            .iter()
            .find(|one| one.reference.attempt == i32::from(n));
        claimed.cloned().unwrap_or_else(|| rows::attempt(self.of, n))
    }

    pub async fn apply(&mut self, tx: &mut Conn<Tenant>, rule: Rule, now: i64) -> Result<(), DbError> {
        match rule {
            Rule::Tidy | Rule::Begin | Rule::EndLease | Rule::WaitIsOver => {
                outbox::tidy(tx, at(now)).await?;
            }
            Rule::Claim | Rule::Refuse => {
                // The window is open for ever, or has just closed.
                let until = if matches!(rule, Rule::Claim) {
                    999 * DAY
                } else {
                    now
                };
                rows::close_window(tx, until).await;
                let room = Room {
                    channel: LINE,
                    messages: 1,
                };
                let claimed = outbox::claim(tx, &[room], &[], at(now)).await?;
                self.claimed.extend(claimed.attempts);
                rows::close_window(tx, 999 * DAY).await;
            }
            Rule::Settle(n, ending) => {
                let settlement = settlement(n, ending);
                settle(tx, &self.attempt(n), &settlement, at(now)).await?;
            }
            Rule::Report(n, told) => {
                let delivery = match told {
                    Report::Delivered => Delivery::Delivered,
                    Report::Failed => Delivery::Failed,
                };
                let reference = self.attempt(n).reference;
                let item = report(&rows::wamid(n), delivery, now, Some(reference));
                tenant::inbound::apply(tx, &[item], at(now)).await?;
            }
            Rule::Retry => match retry_message(tx, self.of.reference.message, self.actor, at(now)).await {
                Ok(_) | Err(RetryError::NotFailed) => {}
                Err(error) => panic!("{error:?}"),
            },
            Rule::Cancel => match cancel_message(tx, self.of.reference.message, self.actor, at(now)).await {
                Ok(_) | Err(CancelError::TooLate) => {}
                Err(error) => panic!("{error:?}"),
            },
        }
        Ok(())
    }

    pub async fn read(&self, tx: &mut Conn<Tenant>) -> Entry {
        rows::read(tx, self.of.outbox, self.of.reference.message, &self.claimed).await
    }
}

fn settlement(n: u8, ending: Ending) -> Settlement {
    match ending {
        Ending::Accepted => accepted(&rows::wamid(n)),
        Ending::Retry => Settlement::Retry {
            at: at(10),
            why: None,
        },
        Ending::Failed => Settlement::Failed(SendFailure {
            title: "refused".to_owned(),
            ..SendFailure::default()
        }),
        Ending::Unknown => Settlement::Unknown { why: None },
    }
}

/// When to apply a rule to rows that were put.
fn moment(rule: Rule, entry: &Entry) -> i64 {
    match rule {
        Rule::Begin => DUE,
        Rule::EndLease => NOW + 1,
        Rule::WaitIsOver if entry.class == Bot => NOW + 60,
        Rule::WaitIsOver if entry.class == Campaign => NOW + DAY,
        // Long enough to be sure that nothing ever comes.
        Rule::WaitIsOver => NOW + 9 * DAY,
        _ => NOW,
    }
}

/// Undoes what was tried on the rows.
enum Undo {
    Read(Entry, MessageStatus),
    Failed(DbError),
}

impl From<DbError> for Undo {
    fn from(error: DbError) -> Self {
        Self::Failed(error)
    }
}

fn status(entry: &Entry) -> MessageStatus {
    match entry.shown() {
        Shown::Waiting => MessageStatus::Queued,
        Shown::Sending => MessageStatus::Sending,
        Shown::Accepted => MessageStatus::Accepted,
        Shown::Delivered => MessageStatus::Delivered,
        Shown::Failed(_) => MessageStatus::Failed,
        Shown::Unknown => MessageStatus::Unknown,
    }
}

/// A message with an attempt, to make other rows of.
pub async fn subject(test: &Test) -> (Attempt, UserId) {
    let (thread, user) = test.thread("34600000001").await;
    test.queue(thread, &user, "uno", 1).await;
    let of = test.claim(1).await.unwrap();
    // The model knows of a window only where it refuses: what waits for days is retried within it.
    rows::close_window(&mut test.conn().await, 999 * DAY).await;
    (of, user.id)
}

/// Every pair of a state and a rule; how many.
async fn every_pair(class: SendClass, worlds: &[Bounds]) -> usize {
    let entries: HashSet<Entry> = worlds
        .iter()
        .flat_map(|bounds| explore(class, bounds).entries)
        .collect();
    let test = Test::new();
    let (of, actor) = subject(&test).await;
    let mut conn = test.conn().await;
    let mut pairs = 0;
    for entry in &entries {
        for rule in rules(entry) {
            pairs += 1;
            let now = moment(rule, entry);
            let tried = conn
                .transaction(async |tx| {
                    rows::put(tx, &of, entry).await;
                    let mut subject = Subject {
                        of: &of,
                        actor,
                        claimed: Vec::new(),
                    };
                    assert_eq!(subject.read(tx).await, *entry, "the rows are not the entry");
                    subject.apply(tx, rule, now).await?;
                    let message = tenant::message::Messages::new(tx)
                        .find(of.reference.message)
                        .await?;
                    Err::<(), _>(Undo::Read(subject.read(tx).await, message.unwrap().status()))
                })
                .await;
            match tried.unwrap_err() {
                Undo::Read(found, shown) => {
                    let wanted = specified(*entry, rule);
                    assert_eq!(found, wanted, "{rule:?} on {entry:?}");
                    assert_eq!(shown, status(&wanted), "{rule:?} on {entry:?}");
                }
                Undo::Failed(error) => panic!("{rule:?} on {entry:?}: {error}"),
            }
        }
    }
    println!("{class:?}: {} entries, {pairs} pairs", entries.len());
    pairs
}

fn worlds(retries: u8) -> [Bounds; 2] {
    let few = Bounds {
        workers: 1,
        retries,
        ..BOUNDS
    };
    [
        few,
        Bounds {
            scheduled: true,
            retries: 0,
            ..few
        },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_does_to_an_agents_message_what_the_model_says() {
    assert!(every_pair(Agent, &worlds(1)).await > 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_does_to_a_campaigns_message_what_the_model_says() {
    assert!(every_pair(Campaign, &worlds(1)).await > 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_does_to_the_bots_message_what_the_model_says() {
    assert!(every_pair(Bot, &worlds(0)).await > 500);
}
