//! Columns that hold sealed values, told by name, so that what re-seals them need not know the tables.
//!
//! Knows the outer form of a sealed value, `v2:<key id>:…` or the predecessor's `v1:…`, and no key.

use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::DbError;

/// Whose a column's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedFor {
    /// The platform's own.
    Platform,
    /// The tenant's whose id is in this column; the platform's own where it is NULL.
    TenantIn(&'static str),
    /// The tenant's whose database it is.
    Owner,
}

/// A column of sealed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// The unique column of ids that stands for the row in the associated data.
    pub row: &'static str,
    /// Whose the values are.
    pub sealed_for: SealedFor,
}

/// A sealed value where it lives.
#[derive(Debug, Clone, QueryableByName)]
pub struct SealedValue {
    /// The id of its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The tenant, where a column says which.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub tenant: Option<Uuid>,
    /// The value as it is stored.
    #[diesel(sql_type = Text)]
    pub sealed: String,
}

/// How many values of a column are sealed under one key.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct KeyCount {
    /// The key's id, or `v1` for the predecessor's form, which names none.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// How many values.
    #[diesel(sql_type = BigInt)]
    pub values: i64,
}

impl SealedColumn {
    /// How many values are sealed under which key, by key.
    pub async fn count(&self, conn: &mut AsyncPgConnection) -> Result<Vec<KeyCount>, DbError> {
        let Self { table, column, .. } = self;
        let query = format!(
            "SELECT CASE WHEN {column} LIKE 'v2:%' THEN split_part({column}, ':', 2) \
                    ELSE split_part({column}, ':', 1) END AS key, count(*) AS values \
             FROM {table} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
        );
        Ok(diesel::sql_query(query).load(conn).await?)
    }

    /// At most `limit` values, those of rows after `after` by their ids; those sealed under the
    /// key `except` are left out.
    pub async fn values(
        &self,
        conn: &mut AsyncPgConnection,
        except: Option<&str>,
        after: Uuid,
        limit: i32,
    ) -> Result<Vec<SealedValue>, DbError> {
        let Self {
            table, column, row, ..
        } = self;
        let tenant = match self.sealed_for {
            SealedFor::TenantIn(tenant) => tenant,
            SealedFor::Platform | SealedFor::Owner => "NULL::uuid",
        };
        let query = format!(
            "SELECT {row} AS id, {tenant} AS tenant, {column} AS sealed FROM {table} \
             WHERE {row} > $1 AND {column} IS NOT NULL \
               AND ($2 IS NULL OR NOT starts_with({column}, 'v2:' || $2 || ':')) \
             ORDER BY {row} LIMIT $3"
        );
        Ok(diesel::sql_query(query)
            .bind::<SqlUuid, _>(after)
            .bind::<Nullable<Text>, _>(except)
            .bind::<Integer, _>(limit)
            .load(conn)
            .await?)
    }

    /// Puts new texts in the place of these values, where nobody else has put another one there
    /// meanwhile; says how many.
    pub async fn replace(
        &self,
        conn: &mut AsyncPgConnection,
        values: &[(SealedValue, String)],
    ) -> Result<usize, DbError> {
        let Self {
            table, column, row, ..
        } = self;
        let query = format!(
            "UPDATE {table} AS t SET {column} = v.new \
             FROM unnest($1::uuid[], $2::text[], $3::text[]) AS v (id, old, new) \
             WHERE t.{row} = v.id AND t.{column} = v.old"
        );
        let rows: Vec<Uuid> = values.iter().map(|(value, _)| value.id).collect();
        let old: Vec<&str> = values.iter().map(|(value, _)| value.sealed.as_str()).collect();
        let new: Vec<&str> = values.iter().map(|(_, new)| new.as_str()).collect();
        Ok(diesel::sql_query(query)
            .bind::<Array<SqlUuid>, _>(rows)
            .bind::<Array<Text>, _>(old)
            .bind::<Array<Text>, _>(new)
            .execute(conn)
            .await?)
    }
}
