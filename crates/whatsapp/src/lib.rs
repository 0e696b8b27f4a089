#![doc = include_str!("../README.md")]

pub mod client;
pub mod error;
pub mod identity;
mod json;
pub mod outbound;
pub mod signature;
pub mod webhook;

pub use json::storable;
