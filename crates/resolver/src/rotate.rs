//! Changing the master key: what older keys have sealed is sealed under the current one, value
//! by value, while servers run that have both.

use chrono::{DateTime, Utc};
use control::{
    Actor,
    audit::{self, AuditEntry},
};
use crypto::{Keyring, Place};
use pg::{
    Db, DbError, TenantId,
    sealed::{KeyCount, SealedColumn, SealedFor, SealedValue},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    attach::Platform,
    fleet::{Target, reason, targets},
};

/// Values that are opened, sealed and written at once.
const BATCH: usize = 200;

/// What became of one column.
#[derive(Debug, Clone)]
pub struct RotatedColumn {
    /// The tenant whose database it is in, by short name; `None` for the control plane.
    pub tenant: Option<String>,
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// Values that were sealed anew.
    pub resealed: usize,
    /// Values that no key of the ring opens.
    pub unopened: usize,
    /// How many are sealed under which key now.
    pub keys: Vec<KeyCount>,
}

/// What became of all columns.
#[derive(Debug, Clone, Default)]
pub struct Rotation {
    /// The columns, the control plane's first.
    pub columns: Vec<RotatedColumn>,
    /// The tenants whose databases could not be used, and why.
    pub failed: Vec<(String, String)>,
}

impl Rotation {
    /// Values that no key of the ring opens.
    pub fn unopened(&self) -> usize {
        self.columns.iter().map(|column| column.unopened).sum()
    }

    /// Values that are sealed under another key than this one.
    pub fn left(&self, current: &str) -> i64 {
        let keys = self.columns.iter().flat_map(|column| &column.keys);
        keys.filter(|count| count.key != current)
            .map(|count| count.values)
            .sum()
    }
}

/// Seals under the current key what older ones have sealed. Each value is replaced only where
/// it is still the one that was read; run again, it does what is left.
pub async fn rotate(platform: Platform<'_>, actor: &Actor, now: DateTime<Utc>) -> Result<Rotation, DbError> {
    let rotation = walk(platform, Work::Reseal).await?;
    let resealed: usize = rotation.columns.iter().map(|column| column.resealed).sum();
    if resealed > 0 {
        let entry = AuditEntry {
            at: now,
            actor,
            tenant_id: None,
            action: "keys.rotated",
            target: Some(platform.keyring.current_id().to_owned()),
            data: json!({ "resealed": resealed, "unopened": rotation.unopened() }),
        };
        audit::record(&mut platform.control.conn().await?, entry).await?;
    }
    Ok(rotation)
}

/// Opens every value there is and counts; changes nothing.
pub async fn examine(platform: Platform<'_>) -> Result<Rotation, DbError> {
    walk(platform, Work::Open).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Open,
    Reseal,
}

async fn walk(platform: Platform<'_>, work: Work) -> Result<Rotation, DbError> {
    let mut rotation = Rotation::default();
    let mut conn = platform.control.conn().await?;
    for column in control::sealed::COLUMNS {
        let done = one(&mut conn, platform.keyring, &column, None, work).await?;
        rotation.columns.push(done);
    }
    drop(conn);
    for target in targets(platform).await? {
        let slug = target.tenant.slug.to_string();
        match of_tenant(platform, &target, work).await {
            Ok(columns) => rotation.columns.extend(columns),
            Err(why) => rotation.failed.push((slug, why)),
        }
    }
    Ok(rotation)
}

async fn of_tenant(
    platform: Platform<'_>,
    target: &Target,
    work: Work,
) -> Result<Vec<RotatedColumn>, String> {
    let opened = target.database.open_url(platform.keyring);
    let url = opened.map_err(|error| reason(&error))?;
    let db: Db<pg::Tenant> = Db::new(platform.connector, &url, 1);
    let mut conn = db.conn().await.map_err(|error| reason(&error))?;
    let owner = tenant::meta::owner(&mut conn)
        .await
        .map_err(|error| reason(&error))?;
    if owner != Some(target.tenant.id) {
        return Err("it does not carry this tenant's id".to_owned());
    }
    let mut columns = Vec::new();
    for column in tenant::sealed::COLUMNS {
        let done = one(&mut conn, platform.keyring, &column, owner, work).await;
        let mut done = done.map_err(|error| reason(&error))?;
        done.tenant = Some(target.tenant.slug.to_string());
        columns.push(done);
    }
    Ok(columns)
}

async fn one<D>(
    conn: &mut pg::Conn<D>,
    keyring: &Keyring,
    column: &SealedColumn,
    owner: Option<TenantId>,
    work: Work,
) -> Result<RotatedColumn, DbError> {
    let mut done = RotatedColumn {
        tenant: None,
        table: column.table,
        column: column.column,
        resealed: 0,
        unopened: 0,
        keys: Vec::new(),
    };
    let except = (work == Work::Reseal).then(|| keyring.current_id().to_owned());
    let mut after = Uuid::nil();
    loop {
        let limit = i32::try_from(BATCH).unwrap_or(i32::MAX);
        let values = column.values(conn, except.as_deref(), after, limit).await?;
        let Some(last) = values.last() else { break };
        after = last.id;
        let (mut resealed, is_last) = (Vec::new(), values.len() < BATCH);
        for value in values {
            let place = place(column, &value, owner);
            match keyring.open(&place, &value.sealed) {
                Ok(plain) if work == Work::Reseal => {
                    let sealed = keyring.seal(&place, &plain);
                    resealed.push((value, sealed));
                }
                Ok(_) => {}
                Err(_) => done.unopened += 1,
            }
        }
        if !resealed.is_empty() {
            done.resealed += column.replace(conn, &resealed).await?;
        }
        if is_last {
            break;
        }
    }
    done.keys = column.count(conn).await?;
    Ok(done)
}

fn place(column: &SealedColumn, value: &SealedValue, owner: Option<TenantId>) -> Place {
    let tenant = match column.sealed_for {
        SealedFor::Platform => None,
        SealedFor::TenantIn(_) => value.tenant,
        SealedFor::Owner => owner.map(TenantId::uuid),
    };
    Place {
        tenant: tenant.unwrap_or_default(),
        table: column.table,
        column: column.column,
        row: value.id,
    }
}
