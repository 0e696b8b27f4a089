//! Arguments of `server`.

use clap::{Args, Subcommand};
use crypto::SecretString;

use super::secret;

#[derive(Subcommand)]
pub(crate) enum ServerCommand {
    /// Let the platform make databases on a server.
    Add(AddServer),
    /// The servers that the platform knows.
    List,
    /// Forget a server; the databases on it stay.
    Remove(RemoveServer),
}

#[derive(Args)]
pub(crate) struct AddServer {
    /// What operators call it.
    #[arg(long)]
    pub(crate) name: String,
    /// Somebody with CREATEDB and CREATEROLE.
    #[arg(long, env = "ADMIN_DB_URL", hide_env_values = true, value_parser = secret, value_name = "URL")]
    pub(crate) admin_url: SecretString,
    /// Make databases there when no server is named. The first server is the default anyway.
    #[arg(long = "default")]
    pub(crate) is_default: bool,
}

#[derive(Args)]
pub(crate) struct RemoveServer {
    /// Its name.
    #[arg(long)]
    pub(crate) name: String,
}
