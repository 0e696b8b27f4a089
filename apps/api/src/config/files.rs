//! Where the files that customers send are kept: `MEDIA_URL` and the key that opens a bucket.

use std::path::PathBuf;

use crypto::SecretString;
use media::{Credentials, Location};
use serde::Deserialize;

use super::ConfigError;

/// Where files are kept when nothing else is said, below the working folder.
const DEFAULT_FOLDER: &str = "data/media";

/// Where files are kept.
pub struct Files {
    /// The folder or bucket.
    pub location: Location,
    /// The bucket's key; without one the machine's own role is asked for.
    pub credentials: Option<Credentials>,
}

#[derive(Deserialize)]
pub(super) struct RawFiles {
    media_url: Option<String>,
    media_access_key_id: Option<String>,
    media_secret_access_key: Option<SecretString>,
    aws_access_key_id: Option<String>,
    aws_secret_access_key: Option<SecretString>,
}

pub(super) fn check(raw: RawFiles) -> Result<Files, ConfigError> {
    let location = match raw.media_url {
        Some(text) => text
            .parse()
            .map_err(|error| ConfigError(format!("MEDIA_URL: {error}")))?,
        None => Location::Folder(default_folder()?),
    };
    let pair = match (raw.media_access_key_id, raw.media_secret_access_key) {
        (None, None) => raw.aws_access_key_id.zip(raw.aws_secret_access_key),
        (Some(id), Some(secret)) => Some((id, secret)),
        _ => {
            return Err(ConfigError(
                "MEDIA_ACCESS_KEY_ID and MEDIA_SECRET_ACCESS_KEY belong together; set both or neither"
                    .to_owned(),
            ));
        }
    };
    Ok(Files {
        location,
        credentials: pair.map(|(id, secret)| Credentials { id, secret }),
    })
}

fn default_folder() -> Result<PathBuf, ConfigError> {
    let working = std::env::current_dir();
    let working = working.map_err(|error| ConfigError(format!("MEDIA_URL is not set and {error}")))?;
    Ok(working.join(DEFAULT_FOLDER))
}
