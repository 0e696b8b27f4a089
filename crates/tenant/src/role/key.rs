//! What users refer to a role by.

use std::{fmt, str::FromStr};

use super::Role;

/// A role's short name: 1 to 40 of `a`–`z`, `0`–`9`, `-` and `_`, a letter or digit first. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RoleKey(String);

/// Not a role's short name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role's key has 1 to 40 of a-z, 0-9, - and _, a letter or digit first")]
pub struct InvalidRoleKey;

impl RoleKey {
    /// As stored and as clients see it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RoleKey {
    type Err = InvalidRoleKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = (1..=40).contains(&text.len())
            && text.bytes().all(|byte| plain(byte) || b"-_".contains(&byte))
            && text.bytes().next().is_some_and(plain);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRoleKey)
        }
    }
}

impl TryFrom<String> for RoleKey {
    type Error = InvalidRoleKey;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Role> for RoleKey {
    fn from(role: Role) -> Self {
        Self(role.as_str().to_owned())
    }
}
