//! Builds again when a migration is added: the embedding macro sees only edits.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations-control");
}
