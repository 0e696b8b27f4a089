//! Errors of customers.

use engine::blocking::BlockError;
use tenant::contact::{ChangeContactError, JoinContactsError};

use super::{Kind, Problem};

impl From<ChangeContactError> for Problem {
    fn from(error: ChangeContactError) -> Self {
        match error {
            ChangeContactError::Unknown => Self::new(Kind::NotFound, error),
            ChangeContactError::InvalidName => Self::field("/name", "invalid_name", error),
            ChangeContactError::InvalidAttributeKey => Self::field("/attributes", "invalid_name", error),
            ChangeContactError::InvalidAttributeValue { .. } => {
                Self::field("/attributes", "invalid_length", error)
            }
            ChangeContactError::TooManyAttributes => Self::new(Kind::TooManyAttributes, error),
            ChangeContactError::Db(error) => error.into(),
        }
    }
}

impl From<JoinContactsError> for Problem {
    fn from(error: JoinContactsError) -> Self {
        match error {
            JoinContactsError::Unknown => Self::new(Kind::NotFound, error),
            JoinContactsError::UnknownTarget => Self::field("/into", "unknown_contact", error),
            JoinContactsError::Same => Self::new(Kind::ContactsSame, error),
            JoinContactsError::Group | JoinContactsError::TooMany => {
                Self::new(Kind::ContactsCannotMerge, error)
            }
            JoinContactsError::NotMerged => Self::new(Kind::ContactNotMerged, error),
            JoinContactsError::Db(error) => error.into(),
        }
    }
}

impl From<BlockError> for Problem {
    fn from(error: BlockError) -> Self {
        match error {
            BlockError::Unknown => Self::new(Kind::NotFound, error),
            BlockError::Resolve(error) => error.into(),
            BlockError::Db(error) => error.into(),
        }
    }
}
