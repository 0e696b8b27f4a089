//! Arguments of `tenant`.

use clap::{Args, Subcommand};
use control::tenant::Plan;
use crypto::SecretString;

use super::secret;

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
    /// Every database that is attached to a tenant: the canaries first, then the others.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) fleet: MigrateFleet,
}

/// What only `--all` takes.
#[derive(Args)]
pub(crate) struct MigrateFleet {
    /// How many databases at once.
    #[arg(long, requires = "all", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) jobs: u8,
    /// How many of the oldest tenants go first; if one of them fails, no other is begun.
    #[arg(long, requires = "all", default_value_t = 1, value_name = "N")]
    pub(crate) canary: usize,
    /// Who goes first instead, separated by commas.
    #[arg(
        long,
        requires = "all",
        value_delimiter = ',',
        value_name = "SLUG",
        conflicts_with = "canary"
    )]
    pub(crate) canary_slug: Vec<String>,
    /// Only the canaries, or only the others.
    #[arg(long, requires = "all")]
    pub(crate) ring: Option<RingName>,
    /// Only these tenants, separated by commas.
    #[arg(long, requires = "all", value_delimiter = ',', value_name = "SLUG")]
    pub(crate) only: Vec<String>,
    /// Go on although a canary failed.
    #[arg(long, requires = "all")]
    pub(crate) keep_going: bool,
    /// Do what the newest run has not done.
    #[arg(long, requires = "all", conflicts_with_all = ["canary", "canary_slug", "ring", "only"])]
    pub(crate) resume: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum RingName {
    /// Those who go first.
    Canary,
    /// All others.
    Rest,
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
