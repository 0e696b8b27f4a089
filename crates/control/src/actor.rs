//! Who does something, as the audit log remembers it.

use uuid::Uuid;

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user's id; `None` for the command line and for a server.
    pub id: Option<Uuid>,
    /// The user's e-mail at that time; `server` for a server.
    pub email: Option<String>,
}

impl Actor {
    /// A user who is logged in.
    pub fn user(id: Uuid, email: impl Into<String>) -> Self {
        Self {
            id: Some(id),
            email: Some(email.into()),
        }
    }

    /// An operator at the command line, who has no account.
    pub fn command_line() -> Self {
        Self {
            id: None,
            email: None,
        }
    }

    /// A server, by itself.
    pub fn server() -> Self {
        Self {
            id: None,
            email: Some("server".to_owned()),
        }
    }
}
