//! Which app a callback path belongs to: cached, and remembered when the
//! control plane is down.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use control::meta_app::{MetaApp, MetaApps};
use crypto::{Keyring, SecretString, token};
use moka::future::Cache;
use pg::{Control, Db, DbError};

use crate::ResolveError;

/// There are few apps, but anybody may ask for any path.
const CAPACITY: u64 = 10_000;
/// How long an app is remembered for the case that the control plane goes down.
const REMEMBERED: Duration = Duration::from_hours(24);

/// An app with a callback path of its own, its secrets opened.
#[derive(Debug)]
pub struct KnownApp {
    /// The app as registered.
    pub app: MetaApp,
    current: Option<SecretString>,
    previous: Option<SecretString>,
}

impl KnownApp {
    /// A secret that does not open is none: nothing is believed with it.
    pub(crate) fn open(app: MetaApp, keyring: &Keyring) -> Self {
        let opened = |secret: Result<Option<SecretString>, crypto::OpenError>| {
            secret.unwrap_or_else(|error| {
                tracing::error!(app.id = %app.id, %error, "an app's secret did not open");
                None
            })
        };
        Self {
            current: opened(app.app_secret(keyring)),
            previous: opened(app.previous_secret(keyring)),
            app,
        }
    }

    /// Whether there is a secret to check signatures with.
    pub fn has_secret(&self) -> bool {
        self.current.is_some()
    }

    /// The secrets that are believed at `now`: the one in use and, for a while, the one before.
    pub fn secrets(&self, now: DateTime<Utc>) -> impl Iterator<Item = &SecretString> {
        let is_believed = self.app.previous_until.is_some_and(|until| now < until);
        let previous = self.previous.as_ref().filter(|_| is_believed);
        self.current.iter().chain(previous)
    }
}

#[derive(Clone)]
struct Answer {
    app: Option<Arc<KnownApp>>,
    /// How often everything had been forgotten when the control plane was asked.
    generation: u64,
}

pub(crate) struct Apps {
    control: Db<Control>,
    keyring: Arc<Keyring>,
    answers: Cache<String, Answer>,
    remembered: Cache<String, Arc<KnownApp>>,
    generation: AtomicU64,
}

impl Apps {
    pub(crate) fn new(control: Db<Control>, keyring: Arc<Keyring>, fresh: Duration) -> Self {
        Self {
            control,
            keyring,
            answers: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(fresh)
                .build(),
            remembered: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(REMEMBERED)
                .build(),
            generation: AtomicU64::new(0),
        }
    }

    pub(crate) async fn get(&self, key: &str) -> Result<Option<Arc<KnownApp>>, ResolveError> {
        if !token::is_name(key) {
            return Ok(None);
        }
        loop {
            let asked = self.answers.try_get_with_by_ref(key, self.ask(key)).await;
            let answer = match asked {
                Ok(answer) => answer,
                Err(error) => return self.recall(key, error).await,
            };
            if answer.generation == self.generation.load(Ordering::SeqCst) {
                return Ok(answer.app);
            }
            // It was asked for before everything was forgotten.
            self.answers.invalidate(key).await;
        }
    }

    pub(crate) fn forget_all(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.answers.invalidate_all();
    }

    async fn ask(&self, key: &str) -> Result<Answer, DbError> {
        let generation = self.generation.load(Ordering::SeqCst);
        let mut conn = self.control.conn().await?;
        let found = MetaApps::new(&mut conn).find_by_key(key).await?;
        let app = found.map(|app| Arc::new(KnownApp::open(app, &self.keyring)));
        match &app {
            Some(app) => self.remembered.insert(key.to_owned(), Arc::clone(app)).await,
            None => self.remembered.invalidate(key).await,
        }
        Ok(Answer { app, generation })
    }

    async fn recall(&self, key: &str, error: Arc<DbError>) -> Result<Option<Arc<KnownApp>>, ResolveError> {
        match self.remembered.get(key).await {
            Some(app) => {
                tracing::warn!(%error, "the control plane is down; going by what it said before");
                Ok(Some(app))
            }
            None => Err(ResolveError::Unavailable(error)),
        }
    }
}
