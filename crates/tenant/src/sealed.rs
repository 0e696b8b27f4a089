//! Every column of a tenant's database that holds sealed values, so that none is left behind when
//! the key changes. A test holds the list against the database.

use pg::sealed::SealedColumn;

/// The columns.
pub const COLUMNS: [SealedColumn; 0] = [];
