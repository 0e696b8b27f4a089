//! `dead-letters list`, `show`, `replay`, `discard`

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Utc};
use engine::dead_letters::{Replayed, replay, replay_matching};
use pg::PageRequest;
use resolver::{Limits, Resolver, TenantHandle};
use serde_json::{Value, json};
use tenant::dead_letter::{
    DeadLetter, DeadLetterFilter, DeadLetterId, DeadLetterState, DeadLetters, DiscardLetterError,
    discard_letter,
};

use crate::{
    args::{DiscardLetter, Global, ListLetters, ReplayLetters, ShowLetter},
    outcome::{Failure, Report},
    platform::Platform,
};

pub(crate) async fn list(global: &Global, args: &ListLetters) -> Result<Report, Failure> {
    let tenant = open(global, &args.tenant).await?;
    let filter = DeadLetterFilter {
        kind: args.kind,
        state: args.state,
        q: args.q.clone(),
    };
    let page = PageRequest {
        limit: usize::from(args.limit),
        cursor: None,
    };
    let mut conn = tenant.db().await?.conn().await?;
    let letters = DeadLetters::new(&mut conn).list(&filter, &page).await?.items;
    let data = json!({ "letters": letters.iter().map(face).collect::<Vec<_>>() });
    let mut report = Report::done(format!("{} dead letters.", letters.len()), data);
    for letter in &letters {
        report = report.and(format!(
            "{} {} {} {}, {} attempts: {}",
            letter.id, letter.received_at, letter.kind, letter.state, letter.attempts, letter.reason
        ));
    }
    Ok(report)
}

pub(crate) async fn show(global: &Global, args: &ShowLetter) -> Result<Report, Failure> {
    let tenant = open(global, &args.tenant).await?;
    let mut conn = tenant.db().await?.conn().await?;
    let found = DeadLetters::new(&mut conn).find(args.id).await?;
    let (letter, raw) = found.ok_or_else(|| unknown(args.id))?;
    let raw = String::from_utf8_lossy(&raw).into_owned();
    let line = format!("{} {}: {}", letter.kind, letter.state, letter.reason);
    let data = json!({ "letter": face(&letter), "raw": raw });
    Ok(Report::done(line, data).and(raw))
}

pub(crate) async fn replay_some(
    global: &Global,
    args: &ReplayLetters,
    now: DateTime<Utc>,
) -> Result<Report, Failure> {
    let tenant = open(global, &args.tenant).await?;
    let mut conn = tenant.db().await?.conn().await?;
    let Replayed { replayed, failed } = if let Some(id) = args.id {
        let letter = replay(&mut conn, id, None, now).await?;
        let is_open = letter.state == DeadLetterState::Open.as_str();
        Replayed {
            replayed: usize::from(!is_open),
            failed: usize::from(is_open),
        }
    } else {
        let filter = DeadLetterFilter {
            kind: args.kind,
            state: None,
            q: args.q.clone(),
        };
        replay_matching(&mut conn, &filter, i64::from(args.limit), None, now).await?
    };
    let line = format!("{replayed} were applied; {failed} failed again and stay open, with today's reason.");
    let report = Report::done(line, json!({ "replayed": replayed, "failed": failed }));
    Ok(Report {
        complete: failed == 0,
        ..report
    })
}

pub(crate) async fn discard(
    global: &Global,
    args: &DiscardLetter,
    now: DateTime<Utc>,
) -> Result<Report, Failure> {
    let tenant = open(global, &args.tenant).await?;
    let mut conn = tenant.db().await?.conn().await?;
    let letter = discard_letter(&mut conn, args.id, &args.reason, None, now)
        .await
        .map_err(|error| match error {
            DiscardLetterError::InvalidReason => Failure::Usage(format!("--reason: {error}")),
            error => error.into(),
        })?;
    Ok(Report::done(
        format!("{} is discarded.", letter.id),
        json!({ "letter": face(&letter) }),
    ))
}

/// The tenant's own database, checked to be its own as a server does.
async fn open(global: &Global, slug: &str) -> Result<Arc<TenantHandle>, Failure> {
    let platform = Platform::open(global).await?;
    let tenant = platform.tenant(slug).await?;
    let Platform {
        connector,
        db,
        url,
        keyring,
    } = platform;
    let resolver = Resolver::new(&connector, db, url, Arc::new(keyring), Limits::default());
    let refused = || format!("cannot use the database of {slug}");
    let handle = resolver.tenant(tenant.id).await.with_context(refused)?;
    let handle = handle.ok_or_else(|| anyhow!("there is no tenant with the slug {slug:?} any more"))?;
    handle.db().await.with_context(refused)?;
    Ok(handle)
}

fn unknown(id: DeadLetterId) -> anyhow::Error {
    anyhow!("there is no dead letter {id}")
}

fn face(letter: &DeadLetter) -> Value {
    json!({
        "id": letter.id, "channel_id": letter.channel_id, "kind": letter.kind, "reason": letter.reason,
        "fingerprint": letter.fingerprint, "state": letter.state, "attempts": letter.attempts,
        "last_tried_at": letter.last_tried_at, "closed_at": letter.closed_at, "note": letter.note,
        "received_at": letter.received_at,
    })
}
