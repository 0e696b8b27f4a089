//! Every column of the control plane that holds sealed values, so that none is left behind when
//! the key changes. A test holds the list against the database.

use pg::sealed::{SealedColumn, SealedFor};

/// The columns.
pub const COLUMNS: [SealedColumn; 11] = [
    SealedColumn {
        table: "tenant_databases",
        column: "url_sealed",
        row: "tenant_id",
        sealed_for: SealedFor::TenantIn("tenant_id"),
    },
    SealedColumn {
        table: "channels",
        column: "wa_token_sealed",
        row: "id",
        sealed_for: SealedFor::TenantIn("tenant_id"),
    },
    SealedColumn {
        table: "channels",
        column: "app_secret_sealed",
        row: "id",
        sealed_for: SealedFor::TenantIn("tenant_id"),
    },
    SealedColumn {
        table: "database_servers",
        column: "admin_url_sealed",
        row: "id",
        sealed_for: SealedFor::Platform,
    },
    SealedColumn {
        table: "meta_apps",
        column: "app_secret_sealed",
        row: "id",
        // An app of anybody's has no tenant there, and is sealed for none.
        sealed_for: SealedFor::TenantIn("tenant_id"),
    },
    SealedColumn {
        table: "meta_apps",
        column: "previous_secret_sealed",
        row: "id",
        sealed_for: SealedFor::TenantIn("tenant_id"),
    },
    SealedColumn {
        table: "odoo_configs",
        column: "password_sealed",
        row: "tenant_id",
        sealed_for: SealedFor::TenantIn("tenant_id"),
    },
    SealedColumn {
        table: "odoo_configs",
        column: "api_key_sealed",
        row: "tenant_id",
        sealed_for: SealedFor::TenantIn("tenant_id"),
    },
    SealedColumn {
        table: "platform_users",
        column: "totp_sealed",
        row: "id",
        sealed_for: SealedFor::Platform,
    },
    SealedColumn {
        table: "push_keys",
        column: "private_key_sealed",
        row: "id",
        sealed_for: SealedFor::Platform,
    },
    SealedColumn {
        table: "spool",
        column: "sealed",
        row: "row_id",
        sealed_for: SealedFor::TenantIn("tenant_id"),
    },
];
