//! What can go wrong, told to the person who has to do something about it.

use std::io;
use std::path::{Path, PathBuf};

/// A failure, with the next step in its text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No usable server binaries are installed and none could be fetched.
    #[error(
        "no PostgreSQL server {wanted} was found here ({looked}). Install one (Debian: `apt install postgresql`, macOS: \
         `brew install postgresql@17`), or point CENTRALITA_PG_BIN at the folder that holds `postgres` and `initdb`"
    )]
    NotFound {
        /// The version that was asked for, in words.
        wanted: String,
        /// Where the search went and why it ended without a result.
        looked: String,
    },

    /// `CENTRALITA_PG_BIN` or `CENTRALITA_PG` says something that cannot be followed.
    #[error("{variable} {problem}")]
    Setting {
        /// The environment variable.
        variable: &'static str,
        /// What is wrong with its value.
        problem: String,
    },

    /// The package with the server binaries could not be had.
    #[error("PostgreSQL could not be fetched: {0}")]
    Fetch(String),

    /// The fetched package is not the one that was pinned.
    #[error(
        "the fetched PostgreSQL package is damaged or not the expected one (its sha512 differs from the pinned value): it was not used. \
         Try again; if it stays so, install PostgreSQL and set CENTRALITA_PG=system"
    )]
    Integrity,

    /// A file or folder could not be used.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },

    /// A helper program could not be run at all.
    #[error("cannot run {program}: {source}")]
    Run {
        /// The program.
        program: String,
        /// Why not.
        source: io::Error,
    },

    /// Neither `postgres` nor `nobody` exists, so root has nobody to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a `postgres` nor a `nobody` account to run it as; \
         create one or start this as a plain user"
    )]
    NoAccount,

    /// The data belongs to somebody else.
    #[error(
        "the data in {} belongs to user id {owner}; start this as that user, or remove the folder to begin anew", path.display()
    )]
    Owner {
        /// The data directory.
        path: PathBuf,
        /// Its owner.
        owner: u32,
    },

    /// `initdb` failed.
    #[error("the database cluster in {} could not be created:\n{output}", path.display())]
    InitDb {
        /// The data directory.
        path: PathBuf,
        /// What initdb said.
        output: String,
    },

    /// Another process supervises this directory.
    #[error("a PostgreSQL in {} is already being run by another process; stop that one first", path.display())]
    AlreadyRunning {
        /// The cluster's directory.
        path: PathBuf,
    },

    /// The server ended, or never came up.
    #[error("PostgreSQL did not start ({reason}). The end of {}:\n{tail}", log.display())]
    Start {
        /// In a few words.
        reason: String,
        /// The server's log.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },

    /// The server did not stop in time and was killed; it recovers at the next start.
    #[error("PostgreSQL did not stop within {seconds} seconds and was ended; it recovers at the next start")]
    Stop {
        /// How long it was given.
        seconds: u64,
    },
}

/// Gives an I/O error its sentence: `action` and `path` are what was tried.
pub(crate) fn at<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Error + 'a {
    move |source| Error::Io {
        action,
        path: path.to_path_buf(),
        source,
    }
}
