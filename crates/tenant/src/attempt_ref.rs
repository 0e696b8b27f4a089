//! The thread back from a status webhook to one attempt of sending.

use std::str::FromStr;

use crate::id::MessageId;

/// Names one attempt in the callback data that Meta echoes in every status:
/// `o1:<message id>:<attempt>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptRef {
    /// The message that was being sent.
    pub message: MessageId,
    /// Which attempt, from 1.
    pub attempt: i32,
}

impl std::fmt::Display for AttemptRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "o1:{}:{}", self.message, self.attempt)
    }
}

/// The callback data is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not callback data of this product")]
pub struct ForeignCallbackData;

impl FromStr for AttemptRef {
    type Err = ForeignCallbackData;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':');
        let (Some("o1"), Some(message), Some(attempt), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ForeignCallbackData);
        };
        Ok(Self {
            message: message.parse().map_err(|_source| ForeignCallbackData)?,
            attempt: attempt.parse().map_err(|_source| ForeignCallbackData)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callback_data_survives_the_way_through_meta() {
        let reference = AttemptRef {
            message: MessageId::generate(),
            attempt: 3,
        };
        assert_eq!(reference.to_string().parse(), Ok(reference));
    }

    #[test]
    fn foreign_callback_data_is_told_apart() {
        for text in ["", "o1", "o1:x:1", "tenant=7;msg=01HF", "o1:0193:1:2", "o2::"] {
            assert_eq!(text.parse::<AttemptRef>(), Err(ForeignCallbackData), "{text}");
        }
    }
}
