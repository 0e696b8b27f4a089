//! The platform's side: only for SuperAdmins.

pub(crate) mod apps;
pub(crate) mod audit;
pub(crate) mod branding;
pub(crate) mod channels;
pub(crate) mod database;
pub(crate) mod fleet;
pub(crate) mod fleet_tenants;
pub(crate) mod health;
pub(crate) mod impersonation;
pub(crate) mod line_health;
pub(crate) mod logo;
pub(crate) mod odoo;
pub(crate) mod people;
pub(crate) mod platform;
pub(crate) mod servers;
pub(crate) mod settings;
pub(crate) mod spool;
pub(crate) mod tenants;
pub(crate) mod unrouted;
pub(crate) mod users;

use actix_web::web;
use control::tenant::{Tenant, Tenants};
use pg::TenantId;

use crate::{
    auth::Platform,
    json,
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/superadmin")
            .configure(tenants::configure)
            .configure(health::configure)
            .configure(database::configure)
            .configure(servers::configure)
            .configure(channels::configure)
            .configure(apps::configure)
            .configure(line_health::configure)
            .configure(branding::configure)
            .configure(logo::configure)
            .configure(odoo::configure)
            .configure(users::configure)
            .configure(impersonation::configure)
            .configure(people::configure)
            .configure(settings::configure)
            .configure(unrouted::configure)
            .configure(spool::configure)
            .configure(audit::configure)
            .configure(fleet::configure)
            .configure(fleet_tenants::configure)
            .configure(platform::configure)
            .default_service(web::to(super::unknown)),
    );
}

/// The tenant of a path, if there is one.
async fn tenant(platform: &Platform, id: &str) -> Result<Tenant, Problem> {
    let id: TenantId = json::id(id)?;
    let found = Tenants::new(&mut platform.conn().await?).find(id).await?;
    found.ok_or_else(|| Problem::bare(Kind::NotFound))
}
