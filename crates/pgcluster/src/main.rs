//! A private server for a program that cannot link this crate: it runs until its input ends.

use std::error::Error;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pgcluster::{Cluster, Options, Source};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(dir), Some(cache), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        eprintln!("usage: pgcluster DIR CACHE");
        return ExitCode::from(2);
    };
    match run(&dir, cache) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pgcluster: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says where the server is in one line. The data goes when the server does.
fn run(dir: &Path, cache: PathBuf) -> Result<(), Box<dyn Error>> {
    let options = Options {
        source: Source::from_env()?,
        cache: Some(cache),
        ..Options::durable()
    };
    let cluster = Cluster::start(dir, &options)?;
    let mut out = io::stdout();
    writeln!(out, "{}", cluster.url("postgres"))?;
    out.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    cluster.stop()?;
    pgcluster::remove(dir)?;
    Ok(())
}
