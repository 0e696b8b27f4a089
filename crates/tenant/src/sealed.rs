//! Every column of a tenant's database that holds sealed values, so that none is left behind when
//! the key changes. A test holds the list against the database.

use pg::sealed::{SealedColumn, SealedFor};

/// The columns.
pub const COLUMNS: [SealedColumn; 1] = [SealedColumn {
    table: "users",
    column: "totp_sealed",
    row: "id",
    sealed_for: SealedFor::Owner,
}];
