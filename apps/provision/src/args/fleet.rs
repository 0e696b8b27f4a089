//! Arguments of `fleet`.

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum FleetCommand {
    /// How each tenant's database does, and in what its schema differs from this release's.
    Status(FleetStatus),
}

#[derive(Args)]
pub(crate) struct FleetStatus {
    /// Only this tenant.
    #[arg(long, value_name = "SLUG")]
    pub(crate) slug: Option<String>,
}
