//! Where the files that customers send are kept: a folder, or a bucket that speaks S3.
//!
//! Each file is stored under its tenant's id and its own hash, `<tenant>/<ab>/<abcd…>`, so that
//! nothing is shared between tenants and the same file twice takes its place once. What arrives
//! grows under `incoming/` and appears under its name whole or not at all.
//!
//! Depends on `pg` for ids and on `object_store`; knows neither databases nor Meta nor HTTP.

mod hash;
mod location;
mod safe;
mod store;
mod writer;

pub use self::{
    hash::ContentHash,
    location::{Credentials, Location, LocationError},
    safe::safe_type,
    store::{OpenError, Store, StoreError},
    writer::{Received, Writer},
};
