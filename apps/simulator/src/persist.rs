//! The state file: what the simulator remembers between runs.

use std::{io, path::Path, time::Duration};

use crate::{simulator::Simulator, world::World};

/// How long changes are collected before they are written.
const COLLECT: Duration = Duration::from_millis(300);

/// Reads the state file; a missing one is an empty world.
pub fn load(path: &Path) -> io::Result<World> {
    let bytes = match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(World::default()),
        bytes => bytes?,
    };
    let mut world: World = serde_json::from_slice(&bytes)?;
    world.restore();
    Ok(world)
}

/// Writes the state file: whole or not at all.
pub fn save(simulator: &Simulator, path: &Path) -> io::Result<()> {
    let bytes = serde_json::to_vec(&simulator.lock().world)?;
    replace(path, &bytes)
}

/// Writes the state file after every change, for ever.
pub async fn keep(simulator: &Simulator, path: &Path) {
    loop {
        simulator.changed.notified().await;
        tokio::time::sleep(COLLECT).await;
        if let Err(error) = save(simulator, path) {
            tracing::warn!(%error, "the state file could not be written");
        }
    }
}

/// Replaces a file in one step, so that a reader never sees half of it.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    std::fs::write(&name, bytes)?;
    std::fs::rename(&name, path)
}
