//! `tenant create`, with a database that is there, one made for it, or none.

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Utc};
use control::{
    Actor,
    database::{TenantDatabase, TenantDatabases},
    tenant::{CreateTenantError, NewTenant, Tenant, create_tenant},
};
use crypto::{ExposeSecret, SecretString};
use pg::DatabaseUrl;
use resolver::place;
use serde_json::{Value, json};

use super::attach_tenant::{attach_migrated, face, summary};
use crate::{
    args::{CreateTenant, Global},
    outcome::{Failure, Report},
    platform::{Platform, database_url},
};

/// Where the tenant's database comes from.
enum Source {
    None,
    Existing(DatabaseUrl),
    New { admin: DatabaseUrl },
    Known { server: Option<String> },
}

pub(crate) async fn run(global: &Global, args: &CreateTenant, now: DateTime<Utc>) -> Result<Report, Failure> {
    let source = source(args)?;
    let platform = Platform::open(global).await?;
    let (tenant, created) = find_or_create(&platform, args, now).await?;
    let mut conn = platform.db.conn().await?;
    let attached = TenantDatabases::new(&mut conn).find(tenant.id).await?;
    drop(conn);
    let slug = &tenant.slug;
    let what = if created {
        "was created"
    } else {
        "is there already"
    };
    let report = Report::done(
        format!("The tenant {slug} {what}."),
        json!({ "tenant": summary(&tenant), "created": created, "database": attached.as_ref().map(face) }),
    );
    let url = match (source, attached) {
        (Source::None, None) => {
            let next =
                format!("Attach a database: `provision tenant attach --tenant {slug}`, or in the panel.");
            return Ok(report.and(next));
        }
        (Source::None | Source::New { .. } | Source::Known { .. }, Some(database)) => {
            let has = format!(
                "It has the database {} on {}.",
                database.database_name, database.host
            );
            return Ok(report.and(has));
        }
        (Source::Existing(url), Some(database)) => {
            let opened = database.open_url(&platform.keyring);
            if !opened.is_ok_and(|before| before.same_database(&url)) {
                let instead = "has another database; to replace it use `provision tenant attach`";
                return Err(anyhow!("the tenant {slug} {instead}").into());
            }
            url
        }
        (Source::Existing(url), None) => url,
        (Source::New { admin }, None) => {
            let made = make_database(&platform, &tenant, &admin, now).await;
            return made.map(|database| finished(report, slug.as_str(), &database));
        }
        (Source::Known { server }, None) => {
            let admin = known_server(&platform, server.as_deref()).await?;
            let made = make_database(&platform, &tenant, &admin, now).await;
            return made.map(|database| finished(report, slug.as_str(), &database));
        }
    };
    let database = attach_migrated(&platform, global, &tenant, &url, now).await;
    let database = database.map_err(|failure| explain(failure, slug.as_str()))?;
    Ok(finished(report, slug.as_str(), &database))
}

fn finished(report: Report, slug: &str, database: &TenantDatabase) -> Report {
    let TenantDatabase {
        host,
        port,
        database_name,
        ..
    } = database;
    let attached = format!("The database {host}:{port}/{database_name} is attached to it.");
    let mut report = report.and(attached);
    if let Value::Object(fields) = &mut report.data {
        fields.insert("database".to_owned(), face(database));
    }
    report.and(format!(
        "Give it a first admin: `provision seed admin --tenant {slug}`."
    ))
}

fn source(args: &CreateTenant) -> Result<Source, Failure> {
    if let Some(given) = &args.database_url {
        let url = value_or_env(given, "TENANT_DB_URL")?;
        return Ok(Source::Existing(database_url("--database-url", &url)?));
    }
    if let Some(given) = &args.admin_url {
        let url = value_or_env(given, "ADMIN_DB_URL")?;
        return Ok(Source::New {
            admin: database_url("--admin-url", &url)?,
        });
    }
    if let Some(name) = &args.server {
        let server = Some(name.clone()).filter(|name| !name.is_empty());
        return Ok(Source::Known { server });
    }
    Ok(Source::None)
}

/// A flag without a value means the variable: a process list shows flags.
fn value_or_env(given: &SecretString, name: &str) -> Result<SecretString, Failure> {
    if !given.expose_secret().is_empty() {
        return Ok(given.clone());
    }
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    let missing = || Failure::Usage(format!("give the flag a URL, or put the URL into {name}"));
    value.map(SecretString::from).ok_or_else(missing)
}

async fn find_or_create(
    platform: &Platform,
    args: &CreateTenant,
    now: DateTime<Utc>,
) -> Result<(Tenant, bool), Failure> {
    let wanted = NewTenant {
        name: args.name.clone(),
        slug: args.slug.clone(),
        plan: args.plan,
    };
    let mut conn = platform.db.conn().await?;
    let created = create_tenant(&mut conn, wanted, &Actor::command_line(), now).await;
    drop(conn);
    match created {
        Ok(tenant) => Ok((tenant, true)),
        Err(CreateTenantError::SlugTaken) => {
            let tenant = platform.tenant(&args.slug).await?;
            if tenant.name == args.name.trim() {
                Ok((tenant, false))
            } else {
                let (slug, name) = (&tenant.slug, &tenant.name);
                Err(anyhow!("the slug {slug} belongs to the tenant {name:?}; choose another").into())
            }
        }
        Err(error @ (CreateTenantError::InvalidSlug(_) | CreateTenantError::InvalidName)) => {
            Err(Failure::Usage(error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes a database and a role for the tenant, both named by its id. Only the sealed URL ever
/// holds the role's password.
async fn make_database(
    platform: &Platform,
    tenant: &Tenant,
    admin: &DatabaseUrl,
    now: DateTime<Utc>,
) -> Result<TenantDatabase, Failure> {
    let actor = Actor::command_line();
    let made = place::place(platform.attaching(), tenant.id, admin, &actor, now).await;
    let context = || format!("cannot make a database on {}:{}", admin.host(), admin.port());
    made.with_context(context)
        .map_err(|error| explain(error.into(), tenant.slug.as_str()))
}

/// The administrator's URL of the named server, or of the default one.
async fn known_server(platform: &Platform, name: Option<&str>) -> Result<DatabaseUrl, Failure> {
    let id = match name {
        Some(name) => Some(platform.server(name).await?.id),
        None => None,
    };
    Ok(place::server_url(platform.attaching(), id).await?)
}

/// The tenant exists although the command failed: the operator has to know.
fn explain(failure: Failure, slug: &str) -> Failure {
    match failure {
        Failure::Failed(error) => Failure::Failed(error.context(format!(
            "the tenant {slug} exists but has no database yet; mend this and run the same command again"
        ))),
        usage @ Failure::Usage(_) => usage,
    }
}
