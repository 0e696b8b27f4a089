//! Who owns a line: cached, asked once for many askers, remembered when the
//! control plane is down.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use control::{
    channel::{Channel, Channels},
    line_state::{LineFacts, LineState, LineStates, Pause, RoutedLine},
};
use crypto::{Keyring, SecretString};
use moka::{Expiry, future::Cache};
use pg::{ChannelId, Control, Db, DbError};

use crate::{ResolveError, apps::KnownApp};

/// Ids that anybody may send us are kept, but only so many.
const CAPACITY: u64 = 50_000;
/// How long "nobody registered this" is believed.
const NEGATIVE: Duration = Duration::from_secs(15);
/// How long an old answer serves before the control plane, which is down, is asked again.
const STALE: Duration = Duration::from_secs(5);
/// How long an answer is remembered for the case that the control plane goes down.
const REMEMBERED: Duration = Duration::from_hours(24);

/// A registered line, its secrets opened.
#[derive(Debug)]
pub struct Line {
    /// The line as registered.
    pub channel: Channel,
    /// The token for the Graph API, if the line has one.
    pub token: Option<SecretString>,
    /// The secret that signs its webhooks, if it has one of its own.
    pub app_secret: Option<SecretString>,
    /// The app that brings its messages, if it is bound to one.
    pub app: Option<KnownApp>,
    /// Why nothing is to be sent over it; `None`: it may send.
    pub pause: Option<Pause>,
    /// How many messages a second its number takes, both ways together.
    pub messages_per_second: u32,
}

/// What a number takes until Meta says otherwise, after Meta's upgrade, and while it is on the
/// WhatsApp Business app as well
/// (<https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput>).
const STANDARD_RATE: u32 = 80;
const HIGH_RATE: u32 = 1_000;
const SHARED_RATE: u32 = 20;

/// How many messages a second a number takes of which this is known.
fn messages_per_second(facts: Option<&LineFacts>) -> u32 {
    match facts {
        Some(facts) if facts.on_business_app == Some(true) => SHARED_RATE,
        Some(facts) if facts.throughput.as_deref() == Some("HIGH") => HIGH_RATE,
        _ => STANDARD_RATE,
    }
}

#[derive(Clone)]
struct Answer {
    line: Option<Arc<Line>>,
    believe: Duration,
    /// How often everything had been forgotten when the control plane was asked.
    generation: u64,
}

struct Believe;

impl Expiry<String, Answer> for Believe {
    fn expire_after_create(&self, _id: &String, answer: &Answer, _now: Instant) -> Option<Duration> {
        Some(answer.believe)
    }
}

pub(crate) struct Lines {
    control: Db<Control>,
    keyring: Arc<Keyring>,
    fresh: Duration,
    answers: Cache<String, Answer>,
    /// Active lines only: to go by an old "nobody" would be to lose what was
    /// written to a line that was registered since.
    remembered: Cache<String, Arc<Line>>,
    numbers: Cache<ChannelId, String>,
    /// The numbers of each account's lines; the lines themselves are in `answers`.
    accounts: Cache<String, Arc<Vec<String>>>,
    generation: AtomicU64,
}

impl Lines {
    pub(crate) fn new(control: Db<Control>, keyring: Arc<Keyring>, fresh: Duration) -> Self {
        Self {
            control,
            keyring,
            fresh,
            answers: Cache::builder()
                .max_capacity(CAPACITY)
                .expire_after(Believe)
                .build(),
            remembered: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(REMEMBERED)
                .build(),
            numbers: Cache::builder().max_capacity(CAPACITY).build(),
            // Account events are rare, so one short life serves both answers.
            accounts: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(NEGATIVE)
                .build(),
            generation: AtomicU64::new(0),
        }
    }

    pub(crate) async fn get(&self, phone_number_id: &str) -> Result<Option<Arc<Line>>, ResolveError> {
        loop {
            let answer = self
                .answers
                .try_get_with_by_ref(phone_number_id, self.ask(phone_number_id))
                .await
                .map_err(|error: Arc<DbError>| ResolveError::Unavailable(error))?;
            if answer.generation == self.generation.load(Ordering::SeqCst) {
                return Ok(answer.line);
            }
            // It was put away just after everything had been forgotten.
            self.answers.invalidate(phone_number_id).await;
        }
    }

    /// The line of a channel's id; `None` if there is no such channel.
    pub(crate) async fn of_channel(&self, id: ChannelId) -> Result<Option<Arc<Line>>, ResolveError> {
        if let Some(number) = self.numbers.get(&id).await
            && let Some(line) = self.get(&number).await?.filter(|line| line.channel.id == id)
        {
            return Ok(Some(line));
        }
        // Not known yet, or under another number by now.
        let unavailable = |error: DbError| ResolveError::Unavailable(Arc::new(error));
        let mut conn = self.control.conn().await.map_err(unavailable)?;
        let found = Channels::new(&mut conn).find(id).await.map_err(unavailable)?;
        drop(conn);
        let Some(channel) = found else { return Ok(None) };
        let number = channel.phone_number_id;
        self.numbers.insert(id, number.clone()).await;
        Ok(self.get(&number).await?.filter(|line| line.channel.id == id))
    }

    /// The active lines of a WhatsApp Business account. Not for messages: those go by
    /// the line's own id alone.
    pub(crate) async fn of_account(&self, waba_id: &str) -> Result<Vec<Arc<Line>>, ResolveError> {
        let numbers = self
            .accounts
            .try_get_with_by_ref(waba_id, self.numbers_of(waba_id))
            .await
            .map_err(|error: Arc<DbError>| ResolveError::Unavailable(error))?;
        let mut lines = Vec::new();
        for number in numbers.iter() {
            let line = self.get(number).await?;
            lines.extend(
                line.filter(|line| {
                    line.channel.is_active && line.channel.waba_id.as_deref() == Some(waba_id)
                }),
            );
        }
        Ok(lines)
    }

    async fn numbers_of(&self, waba_id: &str) -> Result<Arc<Vec<String>>, DbError> {
        let mut conn = self.control.conn().await?;
        let lines = Channels::new(&mut conn).list_by_waba_id(waba_id).await?;
        let numbers = lines.into_iter().map(|channel| channel.phone_number_id);
        Ok(Arc::new(numbers.collect()))
    }

    pub(crate) fn forget_all(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.answers.invalidate_all();
        self.numbers.invalidate_all();
        self.accounts.invalidate_all();
    }

    async fn ask(&self, phone_number_id: &str) -> Result<Answer, DbError> {
        loop {
            let generation = self.generation.load(Ordering::SeqCst);
            let line = match self.load(phone_number_id).await {
                Ok(line) => line,
                Err(error) => return self.recall(phone_number_id, error, generation).await,
            };
            // A change that came while we asked may or may not be in the answer: ask again.
            if generation == self.generation.load(Ordering::SeqCst) {
                self.remember(phone_number_id, line.as_ref()).await;
                let believe = if line.is_some() { self.fresh } else { NEGATIVE };
                return Ok(Answer {
                    line,
                    believe,
                    generation,
                });
            }
        }
    }

    async fn remember(&self, phone_number_id: &str, line: Option<&Arc<Line>>) {
        match line.filter(|line| line.channel.is_active) {
            Some(line) => {
                let line = Arc::clone(line);
                self.remembered.insert(phone_number_id.to_owned(), line).await;
            }
            None => self.remembered.invalidate(phone_number_id).await,
        }
    }

    async fn load(&self, phone_number_id: &str) -> Result<Option<Arc<Line>>, DbError> {
        let mut conn = self.control.conn().await?;
        let found = LineStates::new(&mut conn).of_number(phone_number_id).await?;
        Ok(found.map(|routed| Arc::new(self.open(routed))))
    }

    /// A secret that does not open counts as absent for sending, but never as
    /// absent for checking signatures: the line then believes nothing.
    fn open(&self, (channel, state, app): RoutedLine) -> Line {
        let report = |what: &str, error: crypto::OpenError| {
            tracing::error!(channel.id = %channel.id, what, %error, "a line's secret did not open");
        };
        let token = channel.token(&self.keyring).unwrap_or_else(|error| {
            report("wa_token", error);
            None
        });
        let app_secret = channel.app_secret(&self.keyring).unwrap_or_else(|error| {
            report("app_secret", error);
            Some(crypto::token::generate())
        });
        Line {
            channel,
            token,
            app_secret,
            app: app.map(|app| KnownApp::open(app, &self.keyring)),
            pause: state.as_ref().and_then(LineState::pause),
            messages_per_second: messages_per_second(state.as_ref().map(|state| &state.facts)),
        }
    }

    async fn recall(
        &self,
        phone_number_id: &str,
        error: DbError,
        generation: u64,
    ) -> Result<Answer, DbError> {
        match self.remembered.get(phone_number_id).await {
            Some(line) => {
                tracing::warn!(%error, "the control plane is down; going by what it said before");
                Ok(Answer {
                    line: Some(line),
                    believe: STALE,
                    generation,
                })
            }
            None => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_on_the_business_app_is_slow_whatever_meta_says_of_its_throughput() {
        let facts = |throughput: &str, on_business_app| LineFacts {
            throughput: Some(throughput.to_owned()),
            on_business_app,
            ..Default::default()
        };
        let rates = [
            None,
            Some(facts("STANDARD", Some(false))),
            Some(facts("HIGH", None)),
            Some(facts("HIGH", Some(true))),
            Some(facts("NEW_WORD", None)),
        ];
        assert_eq!(
            rates.map(|facts| messages_per_second(facts.as_ref())),
            [80, 80, 1_000, 20, 80]
        );
    }
}
