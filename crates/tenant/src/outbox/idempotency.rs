//! Requests that may come twice: the same key and body give the same message again.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::QueueMessageError;
use crate::{
    message::{Message, MessageId, Messages},
    schema::idempotency_keys,
    user::UserId,
};

/// A request that may come twice.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// Whose key it is.
    pub user: UserId,
    /// The client's key.
    pub key: String,
    /// Digest of conversation and body: the same key with another one is a mistake.
    pub body_digest: Vec<u8>,
}

impl Idempotency {
    /// Whether `error` says that a request with the same key ran at the same time and won.
    pub(super) fn is_lost_race(error: &DbError) -> bool {
        error.conflicts_with("idempotency_keys_pkey")
    }

    /// The message that this key made before.
    pub(super) async fn earlier(
        &self,
        conn: &mut Conn<Tenant>,
    ) -> Result<Option<Message>, QueueMessageError> {
        let found: Option<(Vec<u8>, MessageId)> = idempotency_keys::table
            .find((self.user.uuid(), &self.key))
            .select((idempotency_keys::body_digest, idempotency_keys::message_id))
            .first(&mut **conn)
            .await
            .optional()
            .map_err(DbError::from)?;
        match found {
            None => Ok(None),
            Some((digest, _)) if digest != self.body_digest => Err(QueueMessageError::IdempotencyMismatch),
            Some((_, message)) => Ok(Messages::new(conn).find(message).await?),
        }
    }

    /// The key has made `message`, from the end of this transaction on. The draft that was born with this key
    /// is no draft any more: whoever hears of the message, on whichever device, finds none.
    pub(super) async fn keep(
        &self,
        tx: &mut Conn<Tenant>,
        message: MessageId,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::user_id.eq(self.user.uuid()),
                idempotency_keys::key.eq(&self.key),
                idempotency_keys::body_digest.eq(&self.body_digest),
                idempotency_keys::message_id.eq(message),
                idempotency_keys::created_at.eq(now),
            ))
            .execute(&mut **tx)
            .await?;
        diesel::sql_query(
            "DELETE FROM drafts WHERE user_id = $1 AND kind = 'reply' AND content ->> 'key' = $2",
        )
        .bind::<SqlUuid, _>(self.user)
        .bind::<Text, _>(&self.key)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
