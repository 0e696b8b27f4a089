//! What a command says when it ends, for people or as JSON.

use std::process::ExitCode;

use resolver::fleet::reason;
use serde_json::{Value, json};

/// What a command did.
pub(crate) struct Report {
    /// For people, one line each.
    pub(crate) lines: Vec<String>,
    /// The same for programs; an object.
    pub(crate) data: Value,
    /// Whether all of it was done.
    pub(crate) complete: bool,
}

impl Report {
    /// All was done; `line` says what.
    pub(crate) fn done(line: impl Into<String>, data: Value) -> Self {
        Self {
            lines: vec![line.into()],
            data,
            complete: true,
        }
    }

    /// Adds a line for people.
    #[must_use]
    pub(crate) fn and(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }
}

/// Why a command ended early.
pub(crate) enum Failure {
    /// What it was given makes no sense: status 2.
    Usage(String),
    /// It was tried and did not work: status 1.
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Prints what was done.
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is what the program is for"
)]
pub(crate) fn print(json: bool, report: &Report) -> ExitCode {
    if json {
        let mut data = report.data.clone();
        if let Value::Object(fields) = &mut data {
            fields.insert("ok".to_owned(), Value::Bool(report.complete));
        }
        println!("{data}");
    } else {
        for line in &report.lines {
            if report.complete {
                println!("{line}");
            } else {
                eprintln!("{line}");
            }
        }
    }
    if report.complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}

/// Prints why nothing, or not all, was done.
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is what the program is for"
)]
pub(crate) fn fail(json: bool, failure: &Failure) -> ExitCode {
    let (code, sentence) = match failure {
        Failure::Usage(sentence) => (2, sentence.clone()),
        Failure::Failed(error) => (1, chain(error)),
    };
    if json {
        println!("{}", json!({ "ok": false, "error": sentence }));
    } else {
        eprintln!("error: {sentence}");
    }
    ExitCode::from(code)
}

/// The error and its causes in one line.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    reason(error.as_ref())
}
