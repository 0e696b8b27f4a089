#![doc = include_str!("../README.md")]

mod account;
mod binaries;
mod cluster;
mod data;
mod error;
mod fetch;
mod launch;
mod pidfile;
mod place;
mod probe;
mod secret;
mod shared;
mod watchdog;

pub use account::Account;
pub use binaries::{Binaries, MINIMUM_MAJOR, Search, Source, Version};
pub use cluster::{Cluster, Options};
pub use data::Access;
pub use error::Error;
pub use place::remove;
pub use secret::random_hex;
pub use shared::shared;
pub use watchdog::Watchdog;
