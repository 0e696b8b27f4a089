//! Where files that the server must reach are put.
//!
//! Normally where the caller asked. Run by root below a closed folder (root's home is
//! `0700`), the server's account could not get there, so the files go to a folder of
//! their own below `/var/tmp`, which survives reboots, and a link is left behind.

use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::error::{Error, at};

/// `dir` itself where `account` can enter it, else its stand-in; both exist afterwards.
pub(crate) fn reachable(account: Account, dir: &Path) -> Result<PathBuf, Error> {
    fs::create_dir_all(dir).map_err(at("create", dir))?;
    let dir = dir.canonicalize().map_err(at("find", dir))?;
    if account.can_enter(&dir) {
        return Ok(dir);
    }
    let stand_in = stand_in(&dir);
    match DirBuilder::new().mode(0o755).create(&stand_in) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(at("create", &stand_in)(error)),
        _ => {}
    }
    // Others may write to /var/tmp too: a folder that somebody else put there first is not ours.
    let found = stand_in.symlink_metadata().map_err(at("look at", &stand_in))?;
    if !found.is_dir() || !account.trusts(found.uid()) {
        return Err(Error::Owner {
            path: stand_in,
            owner: found.uid(),
        });
    }
    fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755)).map_err(at("open", &stand_in))?;
    let link = dir.join("elsewhere");
    if !link.is_symlink() {
        symlink(&stand_in, &link).map_err(at("link", &link))?;
    }
    Ok(stand_in)
}

/// Removes a cluster's directory and what may have been put elsewhere for it.
/// The cluster must be stopped.
pub fn remove(dir: &Path) -> Result<(), Error> {
    let Ok(dir) = dir.canonicalize() else {
        return Ok(());
    };
    for path in [stand_in(&dir), dir] {
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(at("remove", &path)(error)),
            _ => {}
        }
    }
    Ok(())
}

fn stand_in(dir: &Path) -> PathBuf {
    let digest = Sha256::digest(dir.as_os_str().as_encoded_bytes());
    let name: String = hex::encode(digest).chars().take(16).collect();
    let base = ["/var/tmp", "/tmp"]
        .into_iter()
        .map(Path::new)
        .find(|base| base.is_dir());
    base.unwrap_or(Path::new("/tmp"))
        .join(format!("centralita-{name}"))
}
