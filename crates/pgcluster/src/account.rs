//! Whom the server runs as. PostgreSQL refuses root, so root lends it an account.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{User, geteuid};

use crate::error::{Error, at};

/// The account that server programs run as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// `None`: as ourselves. Else the user and group to change to.
    ids: Option<(u32, u32)>,
}

impl Account {
    /// Ourselves; as root, `postgres` where it exists, else `nobody`.
    pub fn choose() -> Result<Self, Error> {
        if !geteuid().is_root() {
            return Ok(Self { ids: None });
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .filter(|user| !user.uid.is_root())
            .map(|user| Self {
                ids: Some((user.uid.as_raw(), user.gid.as_raw())),
            })
            .ok_or(Error::NoAccount)
    }

    /// The account that must serve existing data: its owner, whom only root can become.
    pub(crate) fn of_data(data: &Path) -> Result<Self, Error> {
        let owner = data.metadata().map_err(at("look at", data))?;
        let me = geteuid();
        if owner.uid() == me.as_raw() && !me.is_root() {
            return Ok(Self { ids: None });
        }
        if me.is_root() && owner.uid() != 0 {
            return Ok(Self {
                ids: Some((owner.uid(), owner.gid())),
            });
        }
        Err(Error::Owner {
            path: data.to_path_buf(),
            owner: owner.uid(),
        })
    }

    /// A command run as this account, from `/`, with an environment of its own: a server
    /// must not obey the `PG*` variables or the locale of whoever started it.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir("/")
            .env_clear()
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        if let Some((uid, gid)) = self.ids {
            // With a uid set, std also drops root's supplementary groups.
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes the account the owner of `path`.
    pub(crate) fn give(self, path: &Path) -> Result<(), Error> {
        let Some((uid, gid)) = self.ids else { return Ok(()) };
        chown(path, Some(uid), Some(gid)).map_err(at("change the owner of", path))
    }

    /// Whether the account can enter `dir`: a closed folder anywhere above it is enough to say no.
    pub(crate) fn can_enter(self, dir: &Path) -> bool {
        self.ids.is_none()
            || self
                .command(&PathBuf::from("/bin/sh"))
                .args(["-c", r#"cd -- "$1""#, "sh"])
                .arg(dir)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
    }

    /// Whether `uid` is this account or ourselves: nobody else may own what we rely on.
    pub(crate) fn trusts(self, uid: u32) -> bool {
        uid == geteuid().as_raw() || self.ids.is_some_and(|(own, _)| own == uid)
    }
}
