//! `seed admin`: works before the tenant exists in the control plane. If the
//! database is attached already, the control plane learns of the admin too.

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Utc};
use control::{
    database::TenantDatabases,
    directory::Directory,
    session::{self, SessionSubject},
    tenant::Tenants,
};
use pg::{
    Connector, DatabaseUrl, Db, Email,
    migrate::{self, SchemaState},
    probe,
};
use serde_json::json;
use tenant::{
    meta::{self, Contents},
    user::{SaveUserError, Users, seed_admin},
};

use crate::{
    args::{Global, SeedAdmin},
    outcome::{Failure, Report},
    platform::{Platform, ahead, control_url, database_url, given, open_control, place},
};

pub(crate) async fn run(global: &Global, args: &SeedAdmin, now: DateTime<Utc>) -> Result<Report, Failure> {
    let wrong = |error| Failure::Usage(format!("ADMIN_EMAIL or --email: {error}"));
    let email: Email = args.email.parse().map_err(wrong)?;
    let connector = Connector::current();
    let url = target(global, args).await?;
    let db = open_tenant(&connector, &url).await?;
    let mut conn = db.conn().await?;
    let before = Users::new(&mut conn).find_by_email(&email).await?;
    let user = seed_admin(&mut conn, &email, &args.name, &args.password, now)
        .await
        .map_err(|error| match error {
            SaveUserError::InvalidName | SaveUserError::Password(_) => Failure::Usage(error.to_string()),
            error => error.into(),
        })?;
    let owner = meta::owner(&mut conn).await?;
    let mut slug = None;
    if let Some(tenant_id) = owner
        && given(global.control_db_url.as_ref()).is_some()
    {
        let control = open_control(&connector, &control_url(global)?).await?;
        let mut conn = control.conn().await?;
        let attached = TenantDatabases::new(&mut conn).find(tenant_id).await?;
        // A copy of the database carries the same id, and its admins are not the tenant's.
        if attached.is_some_and(|attached| attached.database_name == url.database()) {
            Directory::new(&mut conn).add(&email, tenant_id).await?;
            // Another password, role or state: whoever was in with the old one is out.
            if before.is_some_and(|before| before.session_version != user.session_version) {
                let subject = SessionSubject {
                    tenant_id: Some(tenant_id),
                    user_id: user.id.uuid(),
                };
                session::revoke_user(&mut conn, subject, now).await?;
            }
            slug = Tenants::new(&mut conn)
                .find(tenant_id)
                .await?
                .map(|tenant| tenant.slug);
        }
    }
    let next = match (&slug, owner) {
        (Some(slug), _) => format!("They can log in to {slug} now."),
        (None, Some(_)) => {
            "The database belongs to a tenant; run this with CONTROL_DB_URL to let them log in.".to_owned()
        }
        (None, None) => "They can log in once the database is attached to a tenant.".to_owned(),
    };
    let data = json!({
        "id": user.id,
        "email": email.as_str(),
        "database": url.database(),
        "can_log_in": slug.is_some(),
        "tenant": slug.as_ref().map(control::tenant::Slug::as_str),
    });
    let line = format!("The admin {email} is in {}.", place(&url));
    Ok(Report::done(line, data).and(next))
}

/// The database to seed: the one attached to the named tenant, else the URL.
async fn target(global: &Global, args: &SeedAdmin) -> Result<DatabaseUrl, Failure> {
    let Some(slug) = &args.tenant else {
        let missing = "give the tenant's database as TENANT_DB_URL, or the tenant's slug as --tenant";
        let text = given(args.tenant_db_url.as_ref()).ok_or_else(|| Failure::Usage(missing.to_owned()))?;
        return database_url("the tenant's database (TENANT_DB_URL)", text);
    };
    let platform = Platform::open(global).await?;
    let tenant = platform.tenant(slug).await?;
    let mut conn = platform.db.conn().await?;
    let database = TenantDatabases::new(&mut conn)
        .find(tenant.id)
        .await?
        .ok_or_else(|| anyhow!("{slug} has no database; attach one with `provision tenant attach`"))?;
    let opened = database.open_url(&platform.keyring);
    Ok(opened.context("its database URL does not open; is this the MASTER_KEY that sealed it?")?)
}

/// A pool over a tenant's database, after making sure that it is one, and current.
async fn open_tenant(connector: &Connector, url: &DatabaseUrl) -> Result<Db<pg::Tenant>, Failure> {
    probe::probe(connector, url)
        .await
        .with_context(|| format!("cannot use the tenant's database at {}", place(url)))?;
    let db: Db<pg::Tenant> = Db::new(connector, url, 1);
    let mut conn = db.conn().await?;
    let held = meta::contents(&mut conn).await?;
    let state = migrate::status(&mut conn, &tenant::MIGRATIONS).await?.state;
    drop(conn);
    let place = place(url);
    match (held, state) {
        (Contents::Tenant, SchemaState::Current) => Ok(db),
        (Contents::Foreign, _) => Err(anyhow!(
            "the database at {place} is not a tenant's: it holds tables of something else"
        )
        .into()),
        (_, SchemaState::Ahead { unknown }) => Err(ahead("this database", &unknown)),
        _ => Err(
            anyhow!("the database at {place} is not up to date; run `provision tenant migrate` on it").into(),
        ),
    }
}
