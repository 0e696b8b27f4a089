//! The closed set of ways a statement can fail. "Not found" is an `Option`.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::pooled_connection::deadpool::PoolError;

/// Why a statement or a connection failed.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique, foreign-key or check constraint refused the row. What that
    /// means is for the caller to decide, by the constraint's name.
    #[error("constraint {constraint} refused the row")]
    Conflict {
        /// Name of the constraint or unique index, empty when Postgres named none.
        constraint: String,
    },
    /// The database cannot be reached or cannot take work now; trying again later may help.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The value cannot be stored (bad encoding, out of range, too long).
    #[error("a value does not fit the database")]
    Value(#[source] DieselError),
    /// Anything else: a defect of ours.
    #[error("the query failed")]
    Query(#[source] DieselError),
}

impl DbError {
    /// Whether this is a conflict on the named constraint.
    pub fn conflicts_with(&self, name: &str) -> bool {
        matches!(self, Self::Conflict { constraint } if constraint == name)
    }

    /// Whether a row was refused because the named column had no value.
    pub fn is_missing(&self, column: &str) -> bool {
        matches!(
            self,
            Self::Query(DieselError::DatabaseError(DatabaseErrorKind::NotNullViolation, info))
                if info.column_name() == Some(column)
        )
    }

    /// Whether the same work may succeed later without any change.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// Texts by which Postgres and its driver say "not now" without a code that
/// diesel keeps (diesel drops the SQLSTATE of kinds that it does not know).
const OUTAGE_SIGNS: [&str; 10] = [
    "terminating connection",
    "connection closed",
    "the database system is",
    "too many clients",
    "remaining connection slots",
    "canceling statement",
    "read-only transaction",
    "could not extend file",
    "no space left",
    "deadlock detected",
];

/// Texts of data exceptions (class 22): the value is at fault, not the server.
const VALUE_SIGNS: [&str; 5] = [
    "invalid byte sequence",
    "out of range",
    "value too long",
    "unsupported unicode escape",
    "invalid input syntax",
];

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(
                DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::ExclusionViolation
                | DatabaseErrorKind::RestrictViolation,
                info,
            ) => Self::Conflict {
                constraint: info.constraint_name().unwrap_or_default().to_owned(),
            },
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::SerializationFailure
                | DatabaseErrorKind::ReadOnlyTransaction,
                _,
            )
            | DieselError::BrokenTransactionManager => Self::Unavailable(Box::new(error)),
            DieselError::DatabaseError(_, info) => {
                let message = info.message().to_lowercase();
                if OUTAGE_SIGNS.iter().any(|sign| message.contains(sign)) {
                    Self::Unavailable(Box::new(error))
                } else if VALUE_SIGNS.iter().any(|sign| message.contains(sign)) {
                    Self::Value(error)
                } else {
                    Self::Query(error)
                }
            }
            DieselError::SerializationError(_) => Self::Value(error),
            _ => Self::Query(error),
        }
    }
}

impl From<PoolError> for DbError {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
