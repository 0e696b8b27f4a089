//! Arguments of `spool` and `dead-letters`: what is kept until it can be applied.

use clap::{Args, Subcommand};
use control::spool::SpoolState;
use tenant::dead_letter::{DeadLetterId, DeadLetterKind, DeadLetterState};

#[derive(Subcommand)]
pub(crate) enum SpoolCommand {
    /// What waits, for each tenant and row by row; never what is in it.
    List(ListSpool),
    /// Let a row that failed wait to be applied again.
    Retry(RetrySpooled),
    /// Delete a row for good: what is in it is lost.
    Discard(DiscardSpooled),
}

#[derive(Args)]
pub(crate) struct ListSpool {
    /// Only this tenant's.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: Option<String>,
    /// Only rows that are waiting, or failed.
    #[arg(long)]
    pub(crate) state: Option<SpoolState>,
    /// Rows at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u8).range(1..=200))]
    pub(crate) limit: u8,
}

#[derive(Args)]
pub(crate) struct RetrySpooled {
    /// The row's number, from `spool list`.
    pub(crate) id: i64,
}

#[derive(Args)]
pub(crate) struct DiscardSpooled {
    /// The row's number, from `spool list`.
    pub(crate) id: i64,
    /// Why; kept in the audit.
    #[arg(long)]
    pub(crate) reason: String,
}

#[derive(Subcommand)]
pub(crate) enum DeadLettersCommand {
    /// What could not be applied, and why.
    List(ListLetters),
    /// One of them, with the item as Meta sent it.
    Show(ShowLetter),
    /// Try one again, or all open ones that fit, with this release's code.
    Replay(ReplayLetters),
    /// Decide that one is not needed.
    Discard(DiscardLetter),
}

#[derive(Args)]
pub(crate) struct ListLetters {
    /// The tenant's slug.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: String,
    /// message, status or unreadable.
    #[arg(long)]
    pub(crate) kind: Option<DeadLetterKind>,
    /// open, replayed or discarded.
    #[arg(long)]
    pub(crate) state: Option<DeadLetterState>,
    /// Only with this text in the reason or in the item.
    #[arg(long)]
    pub(crate) q: Option<String>,
    /// Letters at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u8).range(1..=200))]
    pub(crate) limit: u8,
}

#[derive(Args)]
pub(crate) struct ShowLetter {
    /// The letter's id, from `dead-letters list`.
    pub(crate) id: DeadLetterId,
    /// The tenant's slug.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: String,
}

#[derive(Args)]
pub(crate) struct ReplayLetters {
    /// Only this one; every open one that fits if not said.
    #[arg(conflicts_with_all = ["kind", "q"])]
    pub(crate) id: Option<DeadLetterId>,
    /// The tenant's slug.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: String,
    /// message, status or unreadable.
    #[arg(long)]
    pub(crate) kind: Option<DeadLetterKind>,
    /// Only with this text in the reason or in the item.
    #[arg(long)]
    pub(crate) q: Option<String>,
    /// Letters at most; asked again, it goes on with those that were not tried yet.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u8).range(1..=200))]
    pub(crate) limit: u8,
}

#[derive(Args)]
pub(crate) struct DiscardLetter {
    /// The letter's id, from `dead-letters list`.
    pub(crate) id: DeadLetterId,
    /// The tenant's slug.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: String,
    /// Why; kept with the letter.
    #[arg(long)]
    pub(crate) reason: String,
}
