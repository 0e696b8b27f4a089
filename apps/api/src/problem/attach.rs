//! What can be wrong with a database URL, each with a stable code.

use control::server::{RemoveServerError, SaveServerError};
use pg::{DatabaseUrlError, probe::ProbeError, server::ServerError};
use resolver::{
    attach::{AttachError, InspectError},
    place::PlaceError,
};

use super::{Kind, Problem};

fn wrong(code: &'static str, error: impl std::fmt::Display) -> Problem {
    Problem::field("/url", code, error)
}

impl From<DatabaseUrlError> for Problem {
    fn from(error: DatabaseUrlError) -> Self {
        let code = match error {
            DatabaseUrlError::Malformed => "url_malformed",
            DatabaseUrlError::Scheme => "url_scheme",
            DatabaseUrlError::HostMissing => "url_host_missing",
            DatabaseUrlError::DatabaseMissing => "url_database_missing",
            DatabaseUrlError::UserMissing => "url_user_missing",
            DatabaseUrlError::Option(_) => "url_option_refused",
        };
        wrong(code, error)
    }
}

fn unusable(error: &ProbeError) -> &'static str {
    match error {
        ProbeError::Host(_) => "db_host_refused",
        ProbeError::Login(_) => "db_auth_failed",
        ProbeError::NoDatabase(_) => "db_missing",
        ProbeError::TooOld { .. } => "db_version_too_old",
        ProbeError::Unreachable(_) | ProbeError::Db(_) => "db_unreachable",
    }
}

impl From<InspectError> for Problem {
    fn from(error: InspectError) -> Self {
        let code = match &error {
            InspectError::IsControl => "db_is_control",
            InspectError::Foreign => "db_not_a_tenant_database",
            InspectError::OfAnother => "db_of_another_tenant",
            InspectError::Ahead => "db_ahead",
            InspectError::Probe(error) => unusable(error),
            InspectError::Db(_) => "db_unreachable",
        };
        tracing::info!(code, "a database URL was refused");
        wrong(code, error)
    }
}

impl From<AttachError> for Problem {
    fn from(error: AttachError) -> Self {
        match error {
            AttachError::UnknownTenant => Self::new(Kind::NotFound, error),
            AttachError::Inspect(error) => error.into(),
            AttachError::NotMigrated => wrong("db_not_migrated", error),
            AttachError::Behind => wrong("db_behind", error),
            AttachError::Migrate(_) => wrong("db_migration_failed", error),
            AttachError::Db(error) => error.into(),
        }
    }
}

impl From<ServerError> for Problem {
    fn from(error: ServerError) -> Self {
        let code = match &error {
            ServerError::Probe(error) => unusable(error),
            ServerError::NotAllowed => "db_not_allowed",
            ServerError::Taken(_) => "db_name_taken",
            ServerError::Migrate(_) => "db_migration_failed",
            ServerError::Db(_) => "db_unreachable",
        };
        tracing::info!(code, "a server was refused");
        wrong(code, error)
    }
}

impl From<PlaceError> for Problem {
    fn from(error: PlaceError) -> Self {
        match error {
            PlaceError::UnknownTenant => Self::new(Kind::NotFound, error),
            PlaceError::Attached => Self::new(Kind::DatabaseAttached, error),
            PlaceError::NoServer => Self::new(Kind::NoServer, error),
            PlaceError::Sealed(_) => wrong("db_url_sealed", error),
            PlaceError::Server(error) => error.into(),
            PlaceError::Attach(error) => error.into(),
            PlaceError::Db(error) => error.into(),
        }
    }
}

impl From<SaveServerError> for Problem {
    fn from(error: SaveServerError) -> Self {
        match error {
            SaveServerError::Unknown => Self::new(Kind::NotFound, error),
            SaveServerError::InvalidName => Self::field("/name", "invalid_name", error),
            SaveServerError::NameTaken => Self::new(Kind::ServerNameTaken, error),
            SaveServerError::Db(error) => error.into(),
        }
    }
}

impl From<RemoveServerError> for Problem {
    fn from(error: RemoveServerError) -> Self {
        match error {
            RemoveServerError::Unknown => Self::new(Kind::NotFound, error),
            RemoveServerError::Db(error) => error.into(),
        }
    }
}
