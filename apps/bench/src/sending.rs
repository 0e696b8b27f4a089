//! Sending put to the test: real servers, the simulator as Meta, and a team that writes through the
//! API. [`drill`] breaks everything and compares what Meta took with what the team reads; [`rate`]
//! measures how fast a line goes.

pub mod check;
pub mod drill;
pub mod rate;
pub mod simulator;
pub mod stand;
pub mod writers;
