//! provision
fn main() {}
