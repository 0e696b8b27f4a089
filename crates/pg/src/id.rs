//! Typed ids: a `ConversationId` does not fit where a `ContactId` is asked for.

/// Declares a UUIDv7 id type that diesel and serde treat as a plain UUID.
///
/// ```
/// pg::id_type! {
///     /// One tag of a tenant.
///     TagId
/// }
/// let text = TagId::generate().to_string();
/// assert!(text.parse::<TagId>().is_ok());
/// ```
#[macro_export]
macro_rules! id_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            $crate::reexport::diesel::expression::AsExpression,
            $crate::reexport::diesel::deserialize::FromSqlRow,
            $crate::reexport::serde::Serialize,
            $crate::reexport::serde::Deserialize,
        )]
        #[serde(crate = "pg::reexport::serde", transparent)]
        #[diesel(sql_type = $crate::reexport::diesel::sql_types::Uuid)]
        pub struct $name(pub $crate::reexport::uuid::Uuid);

        impl $name {
            /// A new id that sorts after those generated earlier (UUIDv7).
            pub fn generate() -> Self {
                Self($crate::reexport::uuid::Uuid::now_v7())
            }

            /// The UUID inside.
            pub fn uuid(self) -> $crate::reexport::uuid::Uuid {
                self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::reexport::uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl $crate::reexport::diesel::serialize::ToSql<
            $crate::reexport::diesel::sql_types::Uuid,
            $crate::reexport::diesel::pg::Pg,
        > for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut $crate::reexport::diesel::serialize::Output<'b, '_, $crate::reexport::diesel::pg::Pg>,
            ) -> $crate::reexport::diesel::serialize::Result {
                $crate::reexport::diesel::serialize::ToSql::<
                    $crate::reexport::diesel::sql_types::Uuid,
                    $crate::reexport::diesel::pg::Pg,
                >::to_sql(&self.0, out)
            }
        }

        impl $crate::reexport::diesel::deserialize::FromSql<
            $crate::reexport::diesel::sql_types::Uuid,
            $crate::reexport::diesel::pg::Pg,
        > for $name {
            fn from_sql(
                bytes: $crate::reexport::diesel::pg::PgValue<'_>,
            ) -> $crate::reexport::diesel::deserialize::Result<Self> {
                $crate::reexport::diesel::deserialize::FromSql::<
                    $crate::reexport::diesel::sql_types::Uuid,
                    $crate::reexport::diesel::pg::Pg,
                >::from_sql(bytes).map(Self)
            }
        }
    };
}

crate::id_type! {
    /// A tenant: a customer company.
    TenantId
}

crate::id_type! {
    /// A channel: one WhatsApp line. Its row lives in the control plane, and
    /// every tenant's conversations refer to it by this id.
    ChannelId
}
