//! An e-mail address as people log in with it, in one spelling everywhere.

use std::{fmt, str::FromStr};

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, Output, ToSql},
    sql_types::Text,
};

/// The longest address that mail servers carry (RFC 5321, less the brackets).
const MAX_LENGTH: usize = 254;

/// A trimmed, lower-cased e-mail address.
///
/// The check is deliberately small: it keeps out what is plainly no address.
/// Whether somebody reads it, only a message sent there could tell.
///
/// ```
/// let email: pg::Email = " Ana@Clinica.example ".parse()?;
/// assert_eq!(email.as_str(), "ana@clinica.example");
/// # Ok::<(), pg::InvalidEmail>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Email(String);

/// The text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address")]
pub struct InvalidEmail;

impl Email {
    /// The address, lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = text.trim().to_lowercase();
        let plain = |c: char| !c.is_whitespace() && !c.is_control();
        match address.split_once('@') {
            Some((local, domain))
                if !local.is_empty()
                    && !domain.is_empty()
                    && !domain.contains('@')
                    && address.len() <= MAX_LENGTH
                    && address.chars().all(plain) =>
            {
                Ok(Self(address))
            }
            _ => Err(InvalidEmail),
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ToSql<Text, Pg> for Email {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(&self.0, out)
    }
}

impl FromSql<Text, Pg> for Email {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, Pg>>::from_sql(bytes).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_address_has_one_spelling() {
        let spellings = ["ana@x.pe", "ANA@X.PE", "\tAna@x.pe \n"];
        assert!(
            spellings
                .iter()
                .all(|text| text.parse::<Email>().unwrap().as_str() == "ana@x.pe")
        );
    }

    #[test]
    fn what_is_plainly_no_address_is_refused() {
        let long = format!("{}@x.pe", "a".repeat(250));
        for text in [
            "",
            "ana",
            "@x.pe",
            "ana@",
            "a@b@c",
            "an a@x.pe",
            "ana\0@x.pe",
            "51",
            long.as_str(),
        ] {
            assert_eq!(text.parse::<Email>(), Err(InvalidEmail), "{text:?}");
        }
    }
}
