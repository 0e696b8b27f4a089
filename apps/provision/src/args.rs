//! The command line. Whatever is secret can be given by environment instead,
//! as a process list shows flags; and no error repeats its value.

mod server;

use std::convert::Infallible;

use clap::{Args, Parser, Subcommand};
use control::{spool::SpoolState, tenant::Plan};
use crypto::SecretString;
use tenant::dead_letter::{DeadLetterId, DeadLetterKind, DeadLetterState};

pub(crate) use self::server::{AddServer, RemoveServer, ServerCommand};

/// Sets Centralita up: migrations, tenants, first users, lines.
#[derive(Parser)]
#[command(name = "provision", version)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Args)]
pub(crate) struct Global {
    /// Print the result as one JSON object, and no progress.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The control plane's database.
    #[arg(long, global = true, env = "CONTROL_DB_URL", hide_env_values = true, value_parser = secret, value_name = "URL")]
    pub(crate) control_db_url: Option<SecretString>,
    /// The key that seals secrets: 32 bytes as base64 or 64 hex digits.
    #[arg(long, global = true, env = "MASTER_KEY", hide_env_values = true, value_parser = secret, value_name = "KEY")]
    pub(crate) master_key: Option<SecretString>,
    /// Older keys that still open what they sealed, separated by commas.
    #[arg(long, global = true, env = "MASTER_KEY_PREVIOUS", hide_env_values = true, value_parser = secret, value_name = "KEYS")]
    pub(crate) master_key_previous: Option<SecretString>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The control plane's own database.
    #[command(subcommand)]
    Control(ControlCommand),
    /// Tenants and their databases.
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Servers on which databases are made.
    #[command(subcommand)]
    Server(ServerCommand),
    /// First users.
    #[command(subcommand)]
    Seed(SeedCommand),
    /// WhatsApp lines.
    #[command(subcommand)]
    Channel(ChannelCommand),
    /// What waits for a tenant's database that could not take it.
    #[command(subcommand)]
    Spool(SpoolCommand),
    /// What came for a tenant and could not be applied.
    #[command(subcommand)]
    DeadLetters(DeadLettersCommand),
}

#[derive(Subcommand)]
pub(crate) enum ControlCommand {
    /// Bring the control plane's database up to date.
    Migrate,
}

#[derive(Subcommand)]
pub(crate) enum TenantCommand {
    /// Bring one tenant's database up to date, or all attached ones.
    Migrate(MigrateTenant),
    /// Create a tenant, with a database or without.
    Create(CreateTenant),
    /// Attach a database to a tenant, in place of the one before.
    Attach(AttachTenant),
}

#[derive(Args)]
pub(crate) struct MigrateTenant {
    /// The tenant's database; it may belong to no tenant yet.
    #[arg(env = "TENANT_DB_URL", hide_env_values = true, value_parser = secret, value_name = "TENANT_DB_URL")]
    pub(crate) url: Option<SecretString>,
    /// Every database that is attached to a tenant: one first, then four at a time.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Args)]
pub(crate) struct CreateTenant {
    /// What people call it.
    #[arg(long)]
    pub(crate) name: String,
    /// Its short unique name: lower-case letters, digits, hyphens.
    #[arg(long)]
    pub(crate) slug: String,
    /// starter, growth, scale or enterprise.
    #[arg(long, default_value = "starter")]
    pub(crate) plan: Plan,
    /// Attach this database. Without a value, the one in TENANT_DB_URL.
    #[arg(long, value_parser = secret, value_name = "URL", num_args = 0..=1, default_missing_value = "")]
    pub(crate) database_url: Option<SecretString>,
    /// Make a database and a role for it on this server, logging in as somebody who may.
    /// Without a value, ADMIN_DB_URL.
    #[arg(long, value_parser = secret, value_name = "URL", num_args = 0..=1, default_missing_value = "", conflicts_with = "database_url")]
    pub(crate) admin_url: Option<SecretString>,
    /// Make them on the server that the platform knows by this name. Without a value, on the default one.
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["database_url", "admin_url"])]
    pub(crate) server: Option<String>,
}

#[derive(Args)]
pub(crate) struct AttachTenant {
    /// The tenant's slug.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: String,
    /// Its database.
    #[arg(long, env = "TENANT_DB_URL", hide_env_values = true, value_parser = secret, value_name = "URL")]
    pub(crate) database_url: SecretString,
}

#[derive(Subcommand)]
pub(crate) enum SeedCommand {
    /// Make sure that a SuperAdmin exists and has this password.
    Superadmin(SeedSuperadmin),
    /// Make sure that a tenant's admin exists and has this password.
    Admin(SeedAdmin),
}

#[derive(Args)]
pub(crate) struct SeedSuperadmin {
    /// What they log in with.
    #[arg(long, env = "SUPERADMIN_EMAIL")]
    pub(crate) email: String,
    /// Their password, 10 characters or more.
    #[arg(long, env = "SUPERADMIN_PASSWORD", hide_env_values = true, value_parser = secret)]
    pub(crate) password: SecretString,
    /// What people call them.
    #[arg(long, env = "SUPERADMIN_NAME", default_value = "SuperAdmin")]
    pub(crate) name: String,
}

#[derive(Args)]
pub(crate) struct SeedAdmin {
    /// The tenant's database; the tenant need not exist yet.
    #[arg(long, env = "TENANT_DB_URL", hide_env_values = true, value_parser = secret, value_name = "URL")]
    pub(crate) tenant_db_url: Option<SecretString>,
    /// The database that is attached to the tenant with this slug, instead of an URL.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: Option<String>,
    /// What they log in with.
    #[arg(long, env = "ADMIN_EMAIL")]
    pub(crate) email: String,
    /// Their password, 10 characters or more.
    #[arg(long, env = "ADMIN_PASSWORD", hide_env_values = true, value_parser = secret)]
    pub(crate) password: SecretString,
    /// What people call them.
    #[arg(long, env = "ADMIN_NAME", default_value = "Admin")]
    pub(crate) name: String,
}

#[derive(Subcommand)]
pub(crate) enum ChannelCommand {
    /// Register a line for a tenant.
    Add(AddChannel),
}

#[derive(Args)]
pub(crate) struct AddChannel {
    /// The tenant's slug.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: String,
    /// The line's id with Meta (not the phone number).
    #[arg(long, value_name = "ID")]
    pub(crate) phone_number_id: String,
    /// The WhatsApp Business account that the line belongs to.
    #[arg(long, value_name = "ID")]
    pub(crate) waba_id: Option<String>,
    /// What the team calls the line; its number or id by default.
    #[arg(long, value_name = "NAME")]
    pub(crate) display_name: Option<String>,
    /// Its number as people write it.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) display_phone_number: Option<String>,
    /// Access token for the Graph API.
    #[arg(long, env = "CHANNEL_WA_TOKEN", hide_env_values = true, value_parser = secret, value_name = "TOKEN")]
    pub(crate) wa_token: Option<SecretString>,
    /// Secret of the line's Meta app, which signs its webhooks.
    #[arg(long, env = "CHANNEL_APP_SECRET", hide_env_values = true, value_parser = secret, value_name = "SECRET")]
    pub(crate) app_secret: Option<SecretString>,
    /// What Meta sends to verify the webhook's address, if the line has one of its own.
    #[arg(long, env = "CHANNEL_VERIFY_TOKEN", hide_env_values = true, value_parser = secret, value_name = "TOKEN")]
    pub(crate) verify_token: Option<SecretString>,
    /// New conversations start on this line. A tenant's first line is the default anyway.
    #[arg(long = "default")]
    pub(crate) is_default: bool,
}

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

#[expect(clippy::unnecessary_wraps, reason = "the shape of a value parser")]
fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
