//! What `MEDIA_URL` may say.

use std::{path::PathBuf, str::FromStr};

use secrecy::SecretString;
use url::Url;

/// Where files are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket that speaks S3.
    Bucket {
        /// Its name.
        bucket: String,
        /// What every key begins with; may be empty.
        prefix: String,
        /// Where it is, when it is not Amazon's.
        endpoint: Option<Url>,
        /// Its region.
        region: String,
    },
}

/// The key that opens a bucket.
#[derive(Clone)]
pub struct Credentials {
    /// Its public half.
    pub id: String,
    /// Its secret half.
    pub secret: SecretString,
}

/// What is wrong with a location, in a sentence that repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LocationError(&'static str);

/// The region that look-alikes of S3 expect when they have none.
const DEFAULT_REGION: &str = "us-east-1";

impl FromStr for Location {
    type Err = LocationError;

    /// Reads `file:///path` or `s3://bucket/prefix?endpoint=https://…&region=…`.
    fn from_str(text: &str) -> Result<Self, LocationError> {
        let url = Url::parse(text).or(Err(LocationError(
            "it must be file:///path or s3://bucket/prefix",
        )))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(LocationError(
                "it must not carry credentials; set MEDIA_ACCESS_KEY_ID and MEDIA_SECRET_ACCESS_KEY",
            ));
        }
        match url.scheme() {
            "file" => folder(&url),
            "s3" => bucket(&url),
            _ => Err(LocationError("it must begin with file:// or s3://")),
        }
    }
}

fn folder(url: &Url) -> Result<Location, LocationError> {
    if url.query().is_some() {
        return Err(LocationError("a folder takes no parameters"));
    }
    let path = url.to_file_path();
    path.map(Location::Folder).or(Err(LocationError(
        "a folder is file:///path, with three slashes and an absolute path",
    )))
}

fn bucket(url: &Url) -> Result<Location, LocationError> {
    let bucket = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or(LocationError("the bucket's name is missing: s3://bucket/prefix"))?;
    let (mut endpoint, mut region) = (None, DEFAULT_REGION.to_owned());
    for (name, value) in url.query_pairs() {
        match &*name {
            "endpoint" => {
                let place = Url::parse(&value)
                    .ok()
                    .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
                endpoint = Some(place.ok_or(LocationError("endpoint must be an http or https URL"))?);
            }
            "region" => region = value.into_owned(),
            _ => return Err(LocationError("its parameters are endpoint and region")),
        }
    }
    Ok(Location::Bucket {
        bucket: bucket.to_owned(),
        prefix: url.path().trim_matches('/').to_owned(),
        endpoint,
        region,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_buckets_are_told_apart() {
        assert_eq!(
            "file:///var/lib/centralita/media".parse(),
            Ok(Location::Folder("/var/lib/centralita/media".into()))
        );
        assert_eq!(
            "s3://files/central/media/?endpoint=http%3A%2F%2Fminio%3A9000&region=eu-west-1".parse(),
            Ok(Location::Bucket {
                bucket: "files".to_owned(),
                prefix: "central/media".to_owned(),
                endpoint: Some(Url::parse("http://minio:9000").unwrap()),
                region: "eu-west-1".to_owned(),
            })
        );
        assert_eq!(
            "s3://files".parse(),
            Ok(Location::Bucket {
                bucket: "files".to_owned(),
                prefix: String::new(),
                endpoint: None,
                region: "us-east-1".to_owned(),
            })
        );
    }

    #[test]
    fn what_is_neither_is_refused_without_repeating_it() {
        for text in [
            "",
            "media",
            "/var/media",
            "file://media/here?hunter2=1",
            "https://files.example/hunter2",
            "s3:///prefix",
            "s3://key:hunter2@files/prefix",
            "s3://files?secret=hunter2",
            "s3://files?endpoint=ftp://hunter2",
        ] {
            let error = text.parse::<Location>().unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{text}: {error}");
        }
    }
}
