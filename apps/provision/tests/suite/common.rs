//! Runs the program with a clean environment.

use std::process::Command;

use serde_json::Value;
use testkit::TestDb;

pub const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
pub const PASSWORD: &str = "correct-horse-battery";

/// A control plane's database, empty or migrated, and what commands need to reach it.
pub struct Platform {
    pub database: TestDb,
}

impl Platform {
    pub fn empty() -> Self {
        Self {
            database: TestDb::empty("control"),
        }
    }

    pub fn migrated() -> Self {
        Self {
            database: TestDb::create("control", control::MIGRATIONS),
        }
    }

    /// Runs a command with CONTROL_DB_URL and MASTER_KEY set.
    pub fn run(&self, args: &[&str]) -> Ended {
        self.run_with(args, &[])
    }

    pub fn run_with(&self, args: &[&str], more: &[(&str, &str)]) -> Ended {
        let mut env = vec![("CONTROL_DB_URL", self.database.url()), ("MASTER_KEY", KEY)];
        env.extend_from_slice(more);
        let ended = provision(args, &env);
        ended.keeps_secret(KEY);
        ended.keeps_secret(&password_of(self.database.url()));
        ended
    }
}

/// How a run ended.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// Fails the test unless the command did its work.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }

    /// Fails the test unless the command ended with `code` and said `sentence`.
    #[track_caller]
    pub fn refused(self, code: i32, sentence: &str) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        assert!(
            self.stderr.contains(sentence) || self.stdout.contains(sentence),
            "{}{}",
            self.stdout,
            self.stderr
        );
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{}", self.stdout);
        serde_json::from_str(&self.stdout).unwrap()
    }

    #[track_caller]
    pub fn keeps_secret(&self, secret: &str) {
        let said = format!("{}{}", self.stdout, self.stderr);
        assert!(secret.is_empty() || !said.contains(secret), "{said}");
    }
}

/// Runs the program with this environment and no other.
pub fn provision(args: &[&str], env: &[(&str, &str)]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_provision"))
        .args(args)
        .env_clear()
        .envs(env.iter().copied())
        .output()
        .unwrap();
    Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The password in a URL; empty if it has none.
pub fn password_of(url: &str) -> String {
    let login = url.split("://").nth(1).and_then(|rest| rest.split('@').next());
    login
        .and_then(|login| login.split_once(':'))
        .map_or(String::new(), |(_user, password)| password.to_owned())
}

/// A migrated database of nobody's yet.
pub fn tenant_database() -> TestDb {
    TestDb::create("tenant", tenant::MIGRATIONS)
}
