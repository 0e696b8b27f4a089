//! What the bench and the chaos test share: private Postgres clusters, tenants in them, the
//! real server as a separate process, signed webhooks, and a look at what ended up stored.
//!
//! Both act on a running server as the outside world does: HTTP, sockets, signals, and SQL
//! that reads. May depend on the repositories that set tenants up (`control`, `tenant`,
//! `resolver`), on `whatsapp` for signing, and on nothing of the server's inside.

pub mod chaos;
pub mod figures;
pub mod http;
pub mod inbox;
pub mod load;
pub mod machine;
pub mod pgbench;
pub mod plain;
pub mod proc;
pub mod provision;
pub mod report;
pub mod scenario;
pub mod sending;
pub mod server;
pub mod socket;
pub mod spread;
pub mod sql;
pub mod stand;
pub mod webhook;
