//! The command line. Whatever is secret can be given by environment instead,
//! as a process list shows flags; and no error repeats its value.

mod doctor;
mod fleet;
mod kept;
mod keys;
mod server;
mod tenant;

use std::convert::Infallible;

use clap::{Args, Parser, Subcommand};
use crypto::SecretString;

pub(crate) use self::{
    doctor::Doctor,
    fleet::{FleetCommand, FleetStatus},
    kept::{
        DeadLettersCommand, DiscardLetter, DiscardSpooled, ListLetters, ListSpool, ReplayLetters,
        RetrySpooled, ShowLetter, SpoolCommand,
    },
    keys::{KeysCommand, RotateKeys},
    server::{AddServer, RemoveServer, ServerCommand},
    tenant::{AttachTenant, CreateTenant, MigrateFleet, MigrateTenant, RingName, TenantCommand},
};

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
    /// All tenants' databases at a glance.
    #[command(subcommand)]
    Fleet(FleetCommand),
    /// The keys that seal secrets.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Walk the runbook's checklist against the live installation.
    Doctor(Doctor),
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
    /// Take their second factor away, because it was lost. Ends their sessions.
    #[arg(long)]
    pub(crate) reset_second_factor: bool,
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
