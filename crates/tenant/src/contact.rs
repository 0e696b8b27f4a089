//! Customers, known by an opaque user key: a phone number or, where WhatsApp
//! shares none, a business-scoped user id.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

pub use crate::id::ContactId;
use crate::schema::contacts;

/// A customer.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The opaque key that conversations hang on.
    pub user_key: String,
    /// Digits without a plus, when known.
    pub phone: Option<String>,
    /// Business-scoped user id, when known.
    pub bsuid: Option<String>,
    /// As the team calls the customer.
    pub name: Option<String>,
    /// As the WhatsApp profile says.
    pub profile_name: Option<String>,
}

impl Contact {
    /// The best name there is: the team's, the profile's, else the phone or key.
    pub fn display_name(&self) -> String {
        [&self.name, &self.profile_name]
            .into_iter()
            .flatten()
            .find(|name| !name.trim().is_empty())
            .cloned()
            .unwrap_or_else(|| {
                self.phone
                    .as_ref()
                    .map_or_else(|| self.user_key.clone(), |phone| format!("+{phone}"))
            })
    }
}

/// What a webhook tells about who wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The key to use for somebody never seen before.
    pub user_key: String,
    /// Phone digits, if shared.
    pub phone: Option<String>,
    /// Business-scoped user id, if sent.
    pub bsuid: Option<String>,
    /// Profile name, if sent.
    pub profile_name: Option<String>,
}

/// Finds or makes the contact of `identity` and fills in what is new about it.
/// Somebody known by phone or by user id keeps the contact once both were shown.
pub(crate) async fn upsert(
    conn: &mut Conn<Tenant>,
    identity: &Identity,
) -> Result<(ContactId, String), DbError> {
    let known: Option<String> = contacts::table
        .filter(contacts::bsuid.eq(&identity.bsuid))
        .or_filter(contacts::phone.eq(&identity.phone))
        .or_filter(contacts::user_key.eq(&identity.user_key))
        // The oldest, so that two contacts which turn out to be one person go on as one.
        .order((contacts::created_at, contacts::id))
        .select(contacts::user_key)
        .first(&mut **conn)
        .await
        .optional()?;
    let user_key = known.unwrap_or_else(|| identity.user_key.clone());
    let new = (
        contacts::id.eq(ContactId::generate()),
        contacts::user_key.eq(&user_key),
        contacts::phone.eq(&identity.phone),
        contacts::bsuid.eq(&identity.bsuid),
        contacts::profile_name.eq(&identity.profile_name),
    );
    let id = diesel::insert_into(contacts::table)
        .values(new)
        .on_conflict(contacts::user_key)
        .do_update()
        .set((
            contacts::phone.eq(coalesce(&identity.phone, contacts::phone)),
            contacts::bsuid.eq(coalesce(&identity.bsuid, contacts::bsuid)),
            contacts::profile_name.eq(coalesce(&identity.profile_name, contacts::profile_name)),
            contacts::updated_at.eq(diesel::dsl::now),
        ))
        .returning(contacts::id)
        .get_result(&mut **conn)
        .await?;
    Ok((id, user_key))
}

diesel::define_sql_function! {
    /// The first of the two that is not NULL.
    fn coalesce(
        new: diesel::sql_types::Nullable<diesel::sql_types::Text>,
        old: diesel::sql_types::Nullable<diesel::sql_types::Text>,
    ) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}
