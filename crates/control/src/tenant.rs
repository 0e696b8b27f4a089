//! Tenants: the customer companies, and the rules on their names.

mod create;
mod repo;
mod summary;
mod update;

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use diesel::{
    HasQuery,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, Output, ToSql},
    sql_types::Text,
};
use pg::TenantId;

pub use self::{
    create::{CreateTenantError, NewTenant, create_tenant},
    repo::Tenants,
    summary::{TenantFilter, TenantSort, TenantSummary},
    update::{TenantChanges, UpdateTenantError, update_tenant},
};
use crate::schema::tenants;

/// A customer company.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = tenants)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// What people call it.
    pub name: String,
    /// Its short unique name, used at login and in commands.
    pub slug: Slug,
    /// What it pays for.
    pub plan: Plan,
    /// A suspended tenant cannot log in or send; its messages keep arriving.
    pub is_active: bool,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a tenant pays for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Plan {
    /// The smallest.
    #[default]
    Starter,
    /// For a few teams.
    Growth,
    /// For many.
    Scale,
    /// By agreement.
    Enterprise,
}

/// No plan has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the plan must be starter, growth, scale or enterprise")]
pub struct UnknownPlan;

impl Plan {
    /// Every plan, the smallest first.
    pub const ALL: [Self; 4] = [Self::Starter, Self::Growth, Self::Scale, Self::Enterprise];

    /// Its name in rows, in the API and in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starter => "starter",
            Self::Growth => "growth",
            Self::Scale => "scale",
            Self::Enterprise => "enterprise",
        }
    }
}

impl FromStr for Plan {
    type Err = UnknownPlan;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|plan| plan.as_str() == text)
            .ok_or(UnknownPlan)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ToSql<Text, Pg> for Plan {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(self.as_str(), out)
    }
}

impl FromSql<Text, Pg> for Plan {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(<String as FromSql<Text, Pg>>::from_sql(bytes)?.parse()?)
    }
}

/// A tenant's short name: 1 to 63 lower-case letters, digits and inner
/// hyphens, so that it fits a URL and the name of a database.
#[derive(Debug, Clone, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Slug(String);

/// The text cannot be a tenant's short name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a slug has 1 to 63 lower-case letters, digits and hyphens, and neither starts nor ends with a hyphen"
)]
pub struct InvalidSlug;

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=63).contains(&text.len()) && text.bytes().all(allowed);
        if fits && !text.starts_with('-') && !text.ends_with('-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSlug)
        }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ToSql<Text, Pg> for Slug {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(&self.0, out)
    }
}

impl FromSql<Text, Pg> for Slug {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, Pg>>::from_sql(bytes).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_fits_a_url() {
        for good in ["a", "7", "clinica-sol", "a--b", &"a".repeat(63)] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "-a",
            "a-",
            "Sol",
            "a b",
            "a_b",
            "ñandu",
            "a\0",
            "a\n",
            &"a".repeat(64),
        ] {
            assert_eq!(bad.parse::<Slug>(), Err(InvalidSlug), "{bad:?}");
        }
    }

    #[test]
    fn a_plan_has_one_name() {
        for plan in Plan::ALL {
            assert_eq!(plan.as_str().parse(), Ok(plan));
        }
        assert_eq!("Starter".parse::<Plan>(), Err(UnknownPlan));
    }
}
