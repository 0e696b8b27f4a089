//! What a cluster keeps in its directory: data, password, port, log.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::binaries::Binaries;
use crate::error::{Error, at};
use crate::place;
use crate::secret::random_hex;

/// The superuser of every cluster made here.
pub(crate) const USER: &str = "centralita";

/// A log longer than this is begun anew at the next start.
const LOG_LIMIT: u64 = 16 * 1024 * 1024;

/// How to log in to a running cluster.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// The port on 127.0.0.1.
    pub port: u16,
    password: String,
}

impl Access {
    pub(crate) fn new(port: u16, password: String) -> Self {
        Self { port, password }
    }

    /// The URL of a database in the cluster, password included.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://{USER}:{}@127.0.0.1:{}/{database}",
            self.password, self.port
        )
    }
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Access {{ port: {}, password: *** }}", self.port)
    }
}

/// The files of one cluster.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) dir: PathBuf,
}

impl Layout {
    pub(crate) fn new(dir: &Path) -> Result<Self, Error> {
        fs::create_dir_all(dir).map_err(at("create", dir))?;
        Ok(Self {
            dir: dir.canonicalize().map_err(at("find", dir))?,
        })
    }

    /// The data directory; a link where the server's account could not have come here.
    pub(crate) fn data(&self) -> PathBuf {
        let data = self.dir.join("data");
        data.canonicalize().unwrap_or(data)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join("postgres.log")
    }

    pub(crate) fn lock(&self) -> Result<File, Error> {
        let path = self.dir.join("lock");
        File::create(&path).map_err(at("open", &path))
    }

    /// The major version of existing data.
    pub(crate) fn major(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("PG_VERSION"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    pub(crate) fn port(&self) -> Option<u16> {
        fs::read_to_string(self.dir.join("port"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    pub(crate) fn remember_port(&self, port: u16) -> Result<(), Error> {
        let path = self.dir.join("port");
        fs::write(&path, port.to_string()).map_err(at("write", &path))
    }

    pub(crate) fn password(&self) -> Result<String, Error> {
        let path = self.dir.join("password");
        fs::read_to_string(&path).map_err(at("read", &path))
    }

    /// The log opened for the server to append to, and where its new part begins.
    pub(crate) fn open_log(&self) -> Result<(File, u64), Error> {
        let path = self.log();
        let begun = path.metadata().map_or(0, |file| file.len());
        if begun > LOG_LIMIT {
            fs::remove_file(&path).map_err(at("remove", &path))?;
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(at("open", &path))?;
        let start = file.metadata().map_or(0, |file| file.len());
        Ok((file, start))
    }

    /// What the log says from byte `start` on.
    pub(crate) fn log_since(&self, start: u64) -> String {
        let mut text = Vec::new();
        let read = File::open(self.log()).and_then(|mut file| {
            file.seek(SeekFrom::Start(start))?;
            file.read_to_end(&mut text)
        });
        read.map_or_else(
            |error| format!("(unreadable: {error})"),
            |_| String::from_utf8_lossy(&text).into_owned(),
        )
    }

    /// Makes the data directory: all or nothing, as it is built aside and moved into place.
    pub(crate) fn initialise(
        &self,
        binaries: &Binaries,
        account: Account,
        durable: bool,
    ) -> Result<(), Error> {
        let home = place::reachable(account, &self.dir)?;
        let password = random_hex(24)?;
        write_private(&self.dir.join("password"), &password)?;
        let building = home.join("data.building");
        let password_file = home.join("password.building");
        write_private(&password_file, &password)?;
        account.give(&password_file)?;
        let made = initdb(binaries, account, &building, &password_file, durable);
        fs::remove_file(&password_file).map_err(at("remove", &password_file))?;
        made?;
        let data = home.join("data");
        // Left over from a directory that was deleted: its password went with it.
        remove_all(&data)?;
        fs::rename(&building, &data).map_err(at("move the new cluster to", &data))?;
        if home != self.dir {
            let link = self.dir.join("data");
            if link.is_symlink() {
                fs::remove_file(&link).map_err(at("remove", &link))?;
            }
            symlink(&data, &link).map_err(at("link", &link))?;
        }
        Ok(())
    }

    /// Removes the data, for a cluster that is begun anew each time.
    pub(crate) fn wipe(&self) -> Result<(), Error> {
        remove_all(&self.data())?;
        let link = self.dir.join("data");
        if link.is_symlink() {
            fs::remove_file(&link).map_err(at("remove", &link))
        } else {
            Ok(())
        }
    }
}

fn remove_all(dir: &Path) -> Result<(), Error> {
    if dir.exists() {
        fs::remove_dir_all(dir).map_err(at("remove", dir))?;
    }
    Ok(())
}

fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    // Removed first: an existing file would keep its mode.
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(at("write", path))
}

/// Runs initdb with the first locale that this build and system know.
///
/// Upper and lower case beyond ASCII need a UTF-8 character type; plain `C`, which every
/// system has, is the last resort. Sorting is by code point in all of them, so an index
/// never depends on the system's locale data.
fn initdb(
    binaries: &Binaries,
    account: Account,
    data: &Path,
    password: &Path,
    durable: bool,
) -> Result<(), Error> {
    const BUILTIN: &[&str] = &[
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--lc-collate=C",
        "--lc-ctype=C.UTF-8",
    ];
    const LOCALES: [(u32, &[&str]); 5] = [
        (17, BUILTIN),
        (0, &["--lc-collate=C", "--lc-ctype=C.UTF-8"]),
        (0, &["--lc-collate=C", "--lc-ctype=en_US.UTF-8"]),
        (0, &["--lc-collate=C", "--lc-ctype=UTF-8"]),
        (0, &["--lc-collate=C", "--lc-ctype=C"]),
    ];
    let mut outputs = Vec::new();
    for (_, locale) in LOCALES
        .into_iter()
        .filter(|(major, _)| binaries.version.major >= *major)
    {
        // initdb wants a directory of its account's own; its parent may be somebody else's.
        let _ = fs::remove_dir_all(data);
        DirBuilder::new()
            .mode(0o700)
            .create(data)
            .map_err(at("create", data))?;
        account.give(data)?;
        let program = binaries.program("initdb");
        let mut command = account.command(&program);
        command.arg("-D").arg(data).arg("--pwfile").arg(password).args([
            "--username",
            USER,
            "--encoding=UTF8",
        ]);
        command
            .args(["--auth=scram-sha-256", "--data-checksums", "--lc-messages=C"])
            .args(locale);
        if !durable {
            command.arg("--no-sync");
        }
        let said = command.output().map_err(|source| Error::Run {
            program: program.display().to_string(),
            source,
        })?;
        if said.status.success() {
            return Ok(());
        }
        outputs.push(String::from_utf8_lossy(&said.stderr).trim().to_owned());
    }
    let _ = fs::remove_dir_all(data);
    Err(Error::InitDb {
        path: data.to_path_buf(),
        output: outputs.pop().unwrap_or_default(),
    })
}
