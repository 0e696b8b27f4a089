//! Finding PostgreSQL's server programs.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::account::Account;
use crate::error::Error;
use crate::fetch;

/// The oldest major version that the product's SQL runs on.
pub const MINIMUM_MAJOR: u32 = 15;

/// Where binaries may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// Installed ones, else fetched ones.
    #[default]
    Any,
    /// Installed ones only.
    System,
    /// Fetched ones only.
    Fetched,
}

impl Source {
    /// What `CENTRALITA_PG` asks for (`fetch`, `system`, or nothing).
    pub fn from_env() -> Result<Self, Error> {
        match std::env::var("CENTRALITA_PG").unwrap_or_default().as_str() {
            "" => Ok(Self::Any),
            "system" => Ok(Self::System),
            "fetch" => Ok(Self::Fetched),
            other => Err(Error::Setting {
                variable: "CENTRALITA_PG",
                problem: format!("is `{other}`; it can be `fetch`, `system`, or left out"),
            }),
        }
    }
}

/// A server version such as 15.18 or 18beta1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The major version, which data directories are tied to.
    pub major: u32,
    /// As the server says it.
    pub text: String,
}

impl Version {
    /// Reads the answer of `postgres --version`.
    fn parse(answer: &str) -> Option<Self> {
        let text = answer.split_once("(PostgreSQL)")?.1.split_whitespace().next()?;
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        Some(Self {
            major: digits.parse().ok()?,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What to look for.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// Where binaries may come from.
    pub source: Source,
    /// Where fetched binaries are kept.
    pub cache: &'a Path,
    /// The major version that existing data needs.
    pub major: Option<u32>,
    /// Who has to be able to run them.
    pub account: Account,
}

/// A directory with `postgres` and `initdb` that run here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The directory.
    pub dir: PathBuf,
    /// Their version.
    pub version: Version,
}

impl Binaries {
    /// The first fitting binaries: the one named by `CENTRALITA_PG_BIN`, then installed ones,
    /// then fetched ones, as far as the source allows.
    pub fn find(search: &Search<'_>) -> Result<Self, Error> {
        if let Some(dir) = std::env::var_os("CENTRALITA_PG_BIN").filter(|dir| !dir.is_empty()) {
            return Self::named(Path::new(&dir), search);
        }
        let mut seen = Vec::new();
        if search.source != Source::Fetched {
            for dir in installed() {
                match Self::try_dir(&dir, search.account) {
                    Some(found) if search.fits(&found.version) => return Ok(found),
                    Some(found) => seen.push(format!("{} has {}", dir.display(), found.version)),
                    None => {}
                }
            }
        }
        if search.source != Source::System && search.major.is_none_or(|major| major == fetch::MAJOR) {
            let dir = fetch::fetch(search.cache, search.account)?;
            return Self::try_dir(&dir, search.account).ok_or_else(|| {
                Error::Fetch(format!(
                    "the fetched programs in {} do not run on this system",
                    dir.display()
                ))
            });
        }
        let looked = if seen.is_empty() {
            "none is installed".to_owned()
        } else {
            seen.join(", ")
        };
        Err(Error::NotFound {
            wanted: search.wanted(),
            looked,
        })
    }

    /// The path of one of the programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn named(dir: &Path, search: &Search<'_>) -> Result<Self, Error> {
        let problem = match Self::try_dir(dir, search.account) {
            Some(found) if search.fits(&found.version) => return Ok(found),
            Some(found) => format!(
                "is {}, which holds {}; needed is {}",
                dir.display(),
                found.version,
                search.wanted()
            ),
            None => format!(
                "is {}, where no `postgres` and `initdb` can be run",
                dir.display()
            ),
        };
        Err(Error::Setting {
            variable: "CENTRALITA_PG_BIN",
            problem,
        })
    }

    fn try_dir(dir: &Path, account: Account) -> Option<Self> {
        // Through links, because the programs look for their libraries beside themselves.
        let postgres = dir.join("postgres").canonicalize().ok()?;
        let dir = postgres.parent()?.to_path_buf();
        if !dir.join("initdb").is_file() {
            return None;
        }
        let answer = account.command(&postgres).arg("--version").output().ok()?;
        let version = Version::parse(&String::from_utf8_lossy(&answer.stdout))?;
        Some(Self { dir, version })
    }
}

impl Search<'_> {
    fn fits(&self, version: &Version) -> bool {
        self.major
            .map_or(version.major >= MINIMUM_MAJOR, |major| version.major == major)
    }

    fn wanted(&self) -> String {
        self.major.map_or_else(
            || format!("of version {MINIMUM_MAJOR} or newer"),
            |major| format!("of version {major}, which made the existing data,"),
        )
    }
}

/// Directories where installed server programs may be, best first.
fn installed() -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .collect();
    if let Ok(answer) = Command::new("pg_config").arg("--bindir").output() {
        dirs.push(String::from_utf8_lossy(&answer.stdout).trim().into());
    }
    // Debian; Red Hat; Homebrew on either processor; Postgres.app; MacPorts; the EDB installer.
    for (parent, start, bin) in [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql", "bin"),
        ("/usr/local/opt", "postgresql", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
        ("/opt/local/lib", "postgresql", "bin"),
        ("/Library/PostgreSQL", "", "bin"),
    ] {
        dirs.extend(
            newest_first(Path::new(parent), start)
                .into_iter()
                .map(|dir| dir.join(bin)),
        );
    }
    dirs.retain(|dir| dir.join("postgres").exists());
    dirs
}

/// The folders in `parent` whose names begin with `start`, by the number in them, highest first.
fn newest_first(parent: &Path, start: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let digits: String = name
                .strip_prefix(start)?
                .chars()
                .filter(char::is_ascii_digit)
                .take(2)
                .collect();
            Some((digits.parse().unwrap_or_default(), entry.path()))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_servers_say_them() {
        let debian = Version::parse("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n").unwrap();
        assert_eq!((debian.major, debian.text.as_str()), (15, "15.18"));
        assert_eq!(Version::parse("postgres (PostgreSQL) 19beta1").unwrap().major, 19);
        assert_eq!(Version::parse("not a server"), None);
    }
}
