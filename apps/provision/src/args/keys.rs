//! Arguments of `keys`.

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// Seal everything under MASTER_KEY that older keys have sealed, while servers run.
    Rotate(RotateKeys),
}

#[derive(Args)]
pub(crate) struct RotateKeys {
    /// Only count what is sealed under which key.
    #[arg(long)]
    pub(crate) check: bool,
}
