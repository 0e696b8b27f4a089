//! The second factor of one of the team: a sealed secret, the last step that was taken, and what is
//! left of the recovery codes. What the codes mean is `crypto`'s part.

use chrono::{DateTime, Utc};
use crypto::{Keyring, OpenError, Place, SecretString};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant, TenantId};

use crate::{
    audit::{self, AuditEntry},
    id::UserId,
    schema::users,
};

/// What is known of somebody's second factor.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct SecondFactor {
    id: UserId,
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
    pub fn secret(&self, keyring: &Keyring, tenant: TenantId) -> Result<Option<SecretString>, OpenError> {
        let place = place(tenant, self.id);
        let sealed = self.totp_sealed.as_deref();
        sealed.map(|sealed| keyring.open(&place, sealed)).transpose()
    }
}

/// Where the secret is sealed for.
pub fn place(tenant: TenantId, id: UserId) -> Place {
    Place {
        tenant: tenant.uuid(),
        table: "users",
        column: "totp_sealed",
        row: id.uuid(),
    }
}

/// What is known of somebody's second factor; `None` if there is no such person.
pub async fn find(conn: &mut Conn<Tenant>, id: UserId) -> Result<Option<SecondFactor>, DbError> {
    Ok(users::table
        .find(id)
        .select(SecondFactor::as_select())
        .first(&mut **conn)
        .await
        .optional()?)
}

/// Keeps a secret that is not asked for before it was confirmed. False when one is on already.
pub async fn begin(conn: &mut Conn<Tenant>, id: UserId, sealed: &str) -> Result<bool, DbError> {
    let off = users::table.find(id).filter(users::totp_confirmed_at.is_null());
    let kept = diesel::update(off)
        .set((
            users::totp_sealed.eq(sealed),
            users::totp_last_step.eq(None::<i64>),
        ))
        .execute(&mut **conn)
        .await?;
    Ok(kept > 0)
}

/// Turns it on: the code of `step` was right. False when it is on already.
pub async fn confirm(
    conn: &mut Conn<Tenant>,
    id: UserId,
    step: i64,
    recovery_digests: &[String],
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let off = users::table.find(id).filter(users::totp_confirmed_at.is_null());
        let turned_on = diesel::update(off)
            .set((
                users::totp_confirmed_at.eq(now),
                users::totp_last_step.eq(step),
                users::recovery_codes.eq(recovery_digests),
                users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await?;
        if turned_on > 0 {
            record(tx, "user.second_factor_on", id, Some(actor), now).await?;
        }
        Ok(turned_on > 0)
    })
    .await
}

/// Takes a step once: later ones only from then on.
pub async fn take_step(conn: &mut Conn<Tenant>, id: UserId, step: i64) -> Result<bool, DbError> {
    let taken = diesel::sql_query(
        "UPDATE users SET totp_last_step = $2 \
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
    conn: &mut Conn<Tenant>,
    id: UserId,
    digest: &str,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let taken = diesel::sql_query(
            "UPDATE users SET recovery_codes = array_remove(recovery_codes, $2) \
             WHERE id = $1 AND $2 = ANY (recovery_codes)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(digest)
        .execute(&mut **tx)
        .await?;
        if taken > 0 {
            record(tx, "user.recovery_code_used", id, Some(actor), now).await?;
        }
        Ok(taken > 0)
    })
    .await
}

/// Puts other recovery codes in the place of those that are left. False when it is off.
pub async fn replace_recovery_codes(
    conn: &mut Conn<Tenant>,
    id: UserId,
    recovery_digests: &[String],
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let on = users::table
            .find(id)
            .filter(users::totp_confirmed_at.is_not_null());
        let replaced = diesel::update(on)
            .set((
                users::recovery_codes.eq(recovery_digests),
                users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await?;
        if replaced > 0 {
            record(tx, "user.recovery_codes_replaced", id, Some(actor), now).await?;
        }
        Ok(replaced > 0)
    })
    .await
}

/// Turns it off and forgets its secret; `actor` is whoever does it, by himself or for a colleague.
pub async fn remove(
    conn: &mut Conn<Tenant>,
    id: UserId,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    conn.transaction(async |tx| {
        diesel::update(users::table.find(id))
            .set((
                users::totp_sealed.eq(None::<String>),
                users::totp_confirmed_at.eq(None::<DateTime<Utc>>),
                users::totp_last_step.eq(None::<i64>),
                users::recovery_codes.eq(Vec::<String>::new()),
                users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await?;
        record(tx, "user.second_factor_off", id, actor, now).await
    })
    .await
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &'static str,
    id: UserId,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        actor,

        action,
        target: Some(id.to_string()),
        data: serde_json::json!({}),
    };
    audit::record(tx, entry, now).await
}
