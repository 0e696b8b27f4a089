//! The second factor of a SuperAdmin: a sealed secret, the last step that was taken, and what is
//! left of the recovery codes. What the codes mean is `crypto`'s part.

use chrono::{DateTime, Utc};
use crypto::{Keyring, OpenError, Place, SecretString};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Actor,
    audit::{self, AuditEntry},
    platform_user::PlatformUserId,
    schema::platform_users,
};

/// What is known of somebody's second factor.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = platform_users)]
pub struct SecondFactor {
    id: PlatformUserId,
    totp_sealed: Option<String>,
    /// Since when it is asked for; `None` while it is off or being set up.
    pub totp_confirmed_at: Option<DateTime<Utc>>,
    recovery_codes: Vec<String>,
}

impl SecondFactor {
    /// Whether logging in asks for it.
    pub fn is_on(&self) -> bool {
        self.totp_confirmed_at.is_some()
    }

    /// How many recovery codes are left.
    pub fn recovery_codes_left(&self) -> usize {
        self.recovery_codes.len()
    }

    /// The authenticator's secret, if there is one.
    pub fn secret(&self, keyring: &Keyring) -> Result<Option<SecretString>, OpenError> {
        let place = place(self.id);
        let sealed = self.totp_sealed.as_deref();
        sealed.map(|sealed| keyring.open(&place, sealed)).transpose()
    }
}

/// Where the secret is sealed for.
pub fn place(id: PlatformUserId) -> Place {
    Place {
        tenant: Uuid::nil(),
        table: "platform_users",
        column: "totp_sealed",
        row: id.uuid(),
    }
}

/// What is known of somebody's second factor; `None` if there is no such person.
pub async fn find(conn: &mut Conn<Control>, id: PlatformUserId) -> Result<Option<SecondFactor>, DbError> {
    Ok(platform_users::table
        .find(id)
        .select(SecondFactor::as_select())
        .first(&mut **conn)
        .await
        .optional()?)
}

/// Keeps a secret that is not asked for before it was confirmed. False when one is on already.
pub async fn begin(conn: &mut Conn<Control>, id: PlatformUserId, sealed: &str) -> Result<bool, DbError> {
    let off = platform_users::table
        .find(id)
        .filter(platform_users::totp_confirmed_at.is_null());
    let kept = diesel::update(off)
        .set((
            platform_users::totp_sealed.eq(sealed),
            platform_users::totp_last_step.eq(None::<i64>),
        ))
        .execute(&mut **conn)
        .await?;
    Ok(kept > 0)
}

/// Turns it on: the code of `step` was right. False when it is on already.
pub async fn confirm(
    conn: &mut Conn<Control>,
    id: PlatformUserId,
    step: i64,
    recovery_digests: &[String],
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let off = platform_users::table
            .find(id)
            .filter(platform_users::totp_confirmed_at.is_null());
        let turned_on = diesel::update(off)
            .set((
                platform_users::totp_confirmed_at.eq(now),
                platform_users::totp_last_step.eq(step),
                platform_users::recovery_codes.eq(recovery_digests),
                platform_users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await?;
        if turned_on > 0 {
            record(tx, "superadmin.second_factor_on", id, actor, now).await?;
        }
        Ok(turned_on > 0)
    })
    .await
}

/// Takes a step once: later ones only from then on.
pub async fn take_step(conn: &mut Conn<Control>, id: PlatformUserId, step: i64) -> Result<bool, DbError> {
    let taken = diesel::sql_query(
        "UPDATE platform_users SET totp_last_step = $2 \
         WHERE id = $1 AND (totp_last_step IS NULL OR totp_last_step < $2)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<BigInt, _>(step)
    .execute(&mut **conn)
    .await?;
    Ok(taken > 0)
}

/// Takes a recovery code once, by its digest.
pub async fn take_recovery_code(
    conn: &mut Conn<Control>,
    id: PlatformUserId,
    digest: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let taken = diesel::sql_query(
            "UPDATE platform_users SET recovery_codes = array_remove(recovery_codes, $2) \
             WHERE id = $1 AND $2 = ANY (recovery_codes)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(digest)
        .execute(&mut **tx)
        .await?;
        if taken > 0 {
            record(tx, "superadmin.recovery_code_used", id, actor, now).await?;
        }
        Ok(taken > 0)
    })
    .await
}

/// Puts other recovery codes in the place of those that are left. False when it is off.
pub async fn replace_recovery_codes(
    conn: &mut Conn<Control>,
    id: PlatformUserId,
    recovery_digests: &[String],
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let on = platform_users::table
            .find(id)
            .filter(platform_users::totp_confirmed_at.is_not_null());
        let replaced = diesel::update(on)
            .set((
                platform_users::recovery_codes.eq(recovery_digests),
                platform_users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await?;
        if replaced > 0 {
            record(tx, "superadmin.recovery_codes_replaced", id, actor, now).await?;
        }
        Ok(replaced > 0)
    })
    .await
}

/// Turns it off and forgets its secret.
pub async fn remove(
    conn: &mut Conn<Control>,
    id: PlatformUserId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    conn.transaction(async |tx| {
        diesel::update(platform_users::table.find(id))
            .set((
                platform_users::totp_sealed.eq(None::<String>),
                platform_users::totp_confirmed_at.eq(None::<DateTime<Utc>>),
                platform_users::totp_last_step.eq(None::<i64>),
                platform_users::recovery_codes.eq(Vec::<String>::new()),
                platform_users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await?;
        record(tx, "superadmin.second_factor_off", id, actor, now).await
    })
    .await
}

async fn record(
    tx: &mut Conn<Control>,
    action: &'static str,
    id: PlatformUserId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        at: now,
        actor,
        tenant_id: None,
        action,
        target: Some(id.to_string()),
        data: json!({}),
    };
    audit::record(tx, entry).await
}
