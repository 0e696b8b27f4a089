//! Comparing passwords, off the threads that answer: each takes some hundredths of a second on purpose.

use crypto::{
    SecretString,
    password::{self, Verdict},
};

use crate::Who;

/// Whether the password fits; with a new hash where the stored one is outdated.
pub(crate) async fn check(password: &SecretString, stored: &str) -> Option<Option<String>> {
    let (password, stored) = (password.clone(), stored.to_owned());
    off_thread(move || match password::verify(&password, &stored) {
        Verdict::Wrong => {
            // Whoever has no password yet answers no sooner than whoever has one.
            if !stored.starts_with('$') {
                password::verify_nothing(&password);
            }
            None
        }
        Verdict::Right => Some(None),
        Verdict::RightButOutdated => Some(Some(password::hash(&password))),
    })
    .await
}

/// Takes as long as comparing does, where there is nothing to compare with.
pub(crate) async fn verify_nothing(password: &SecretString) {
    let password = password.clone();
    off_thread(move || password::verify_nothing(&password)).await;
}

/// Whether this is the person's password, as it was when they were looked up.
pub(crate) async fn knows(who: &Who, password: &SecretString) -> bool {
    let stored = match who {
        Who::Platform(user) => user.password_hash().to_owned(),
        Who::Member { user, .. } => user.password_hash.clone(),
    };
    check(password, &stored).await.is_some()
}

/// Runs what takes long on a thread of its own.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // Nothing aborts the task, so it can only have panicked.
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
