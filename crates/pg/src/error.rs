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

    /// Whether this text is in what was said, by us or by Postgres.
    pub(crate) fn says(&self, text: &str) -> bool {
        let mut cause: Option<&dyn std::error::Error> = Some(self);
        std::iter::from_fn(|| {
            let said = cause?.to_string();
            cause = cause.and_then(std::error::Error::source);
            Some(said)
        })
        .any(|said| said.contains(text))
    }

    /// Whether the same work may succeed later without any change.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// Texts by which Postgres and its driver say "not now" without a code that
/// diesel keeps (diesel drops the SQLSTATE of kinds that it does not know).
const OUTAGE_SIGNS: [&str; 18] = [
    "terminating connection",
    "connection closed",
    "the database system is",
    "too many clients",
    "remaining connection slots",
    "canceling statement",
    "read-only transaction",
    "could not extend file",
    "could not write",
    "could not fsync",
    "could not create file",
    "no space left",
    "quota exceeded",
    "out of memory",
    "temp_file_limit",
    "not accepting",
    "not currently accepting",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: DatabaseErrorKind, message: &str) -> DbError {
        DieselError::DatabaseError(kind, Box::new(message.to_owned())).into()
    }

    #[test]
    fn what_a_full_or_stopping_server_says_is_an_outage() {
        for message in [
            // 53100, 58030
            "could not extend file \"base/16384/2619\": No space left on device",
            "could not write to file \"pg_wal/xlogtemp.29\": No space left on device",
            "could not fsync file \"base/1/2\": Input/output error",
            "could not extend file \"base/1/2\": Disk quota exceeded",
            // 53200, 53300, 53400
            "out of memory",
            "sorry, too many clients already",
            "temporary file size exceeds \"temp_file_limit\" (1kB)",
            // 25006
            "cannot execute INSERT in a read-only transaction",
            // 57P01 to 57P03, 55000, 54000
            "terminating connection due to administrator command",
            "the database system is shutting down",
            "database \"sol\" is not currently accepting connections",
            "database is not accepting commands that assign new transaction IDs to avoid wraparound data loss in database \"sol\"",
            // 57014, 55P03
            "canceling statement due to statement timeout",
            "canceling statement due to lock timeout",
        ] {
            assert!(
                told(DatabaseErrorKind::Unknown, message).is_unavailable(),
                "{message}"
            );
        }
        assert!(told(DatabaseErrorKind::ReadOnlyTransaction, "").is_unavailable());
    }

    #[test]
    fn what_is_wrong_with_a_value_or_a_statement_is_none() {
        for message in [
            "invalid byte sequence for encoding \"UTF8\": 0x00",
            "value too long for type character varying(10)",
            "column \"colour\" does not exist",
            "null value in column \"kind\" violates not-null constraint",
        ] {
            assert!(
                !told(DatabaseErrorKind::Unknown, message).is_unavailable(),
                "{message}"
            );
        }
    }
}
