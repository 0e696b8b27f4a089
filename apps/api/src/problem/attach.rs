//! What can be wrong with a database URL, each with a stable code.

use pg::{DatabaseUrlError, probe::ProbeError};
use resolver::attach::{AttachError, InspectError};

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

impl From<InspectError> for Problem {
    fn from(error: InspectError) -> Self {
        let code = match &error {
            InspectError::IsControl => "db_is_control",
            InspectError::Foreign => "db_not_a_tenant_database",
            InspectError::OfAnother => "db_of_another_tenant",
            InspectError::Ahead => "db_ahead",
            InspectError::Probe(ProbeError::Host(_)) => "db_host_refused",
            InspectError::Probe(ProbeError::Login(_)) => "db_auth_failed",
            InspectError::Probe(ProbeError::NoDatabase(_)) => "db_missing",
            InspectError::Probe(ProbeError::TooOld { .. }) => "db_version_too_old",
            InspectError::Probe(ProbeError::Unreachable(_) | ProbeError::Db(_)) | InspectError::Db(_) => {
                "db_unreachable"
            }
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
