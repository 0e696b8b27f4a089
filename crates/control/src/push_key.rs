//! The one key by which browsers' push services know this installation, sealed. What it means is `push`'s part.

use chrono::{DateTime, Utc};
use crypto::{Keyring, OpenError, Place, SecretString};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError};
use uuid::Uuid;

use crate::schema::push_keys;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum PushKeyError {
    /// What is kept does not open with this server's keys.
    #[error("the push key cannot be read with this server's MASTER_KEY")]
    Sealed(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Where the key is sealed for.
fn place(id: Uuid) -> Place {
    Place {
        tenant: Uuid::nil(),
        table: "push_keys",
        column: "private_key_sealed",
        row: id,
    }
}

async fn find(conn: &mut Conn<Control>) -> Result<Option<(Uuid, String)>, DbError> {
    Ok(push_keys::table
        .select((push_keys::id, push_keys::private_key_sealed))
        .first(&mut **conn)
        .await
        .optional()?)
}

/// The installation's key; `fresh` from now on where there is none. Whoever comes second gets the first one's.
pub async fn read_or_keep(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    fresh: impl FnOnce() -> SecretString,
    now: DateTime<Utc>,
) -> Result<SecretString, PushKeyError> {
    if let Some((id, sealed)) = find(conn).await? {
        return Ok(keyring.open(&place(id), &sealed)?);
    }
    let id = Uuid::now_v7();
    diesel::insert_into(push_keys::table)
        .values((
            push_keys::id.eq(id),
            push_keys::private_key_sealed.eq(keyring.seal(&place(id), &fresh())),
            push_keys::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(&mut **conn)
        .await
        .map_err(DbError::from)?;
    let (id, sealed) = find(conn)
        .await?
        .ok_or(diesel::result::Error::NotFound)
        .map_err(DbError::from)?;
    Ok(keyring.open(&place(id), &sealed)?)
}
