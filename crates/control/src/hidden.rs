//! Text of a column that must not show up in logs.

use std::fmt;

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    pg::{Pg, PgValue},
    sql_types::Text,
};

/// Text that does not print: a sealed value or a password hash. Neither is the
/// secret itself, and neither has any business in a log.
#[derive(Clone, PartialEq, Eq, FromSqlRow)]
pub struct Hidden(String);

impl Hidden {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FromSql<Text, Pg> for Hidden {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, Pg>>::from_sql(bytes).map(Self)
    }
}
