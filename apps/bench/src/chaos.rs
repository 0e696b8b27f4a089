//! The chaos test: a stand-in for Meta that never gives up, faults on a schedule, and at the
//! end a comparison of every acknowledged event with what is stored.

pub mod check;
pub mod drill;
pub mod faults;
pub mod ledger;
pub mod meta;
pub mod sabotage;
pub mod servers;
