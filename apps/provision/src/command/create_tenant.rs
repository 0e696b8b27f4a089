//! `tenant create`, with a database that is there, one made for it, or none.

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Utc};
use control::{
    Actor,
    database::TenantDatabases,
    tenant::{CreateTenantError, NewTenant, Tenant, create_tenant},
};
use crypto::{ExposeSecret, SecretString};
use pg::{DatabaseUrl, server};
use serde_json::{Value, json};

use super::attach_tenant::{attach_migrated, face, summary};
use crate::{
    args::{CreateTenant, Global},
    outcome::{Failure, Report},
    platform::{Platform, database_url, place},
};

/// Where the tenant's database comes from.
enum Source {
    None,
    Existing(DatabaseUrl),
    New { admin: DatabaseUrl },
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
        (Source::None | Source::New { .. }, Some(database)) => {
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
        (Source::New { admin }, None) => make_database(&platform, &tenant, &admin).await?,
    };
    let database = attach_migrated(&platform, global, &tenant, &url, now).await;
    let database = database.map_err(|failure| explain(failure, slug.as_str()))?;
    let mut report = report.and(format!("The database {} is attached to it.", place(&url)));
    if let Value::Object(fields) = &mut report.data {
        fields.insert("database".to_owned(), face(&database));
    }
    let next = format!("Give it a first admin: `provision seed admin --tenant {slug}`.");
    Ok(report.and(next))
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

/// Makes a database and a role for the tenant, both with a name that shows
/// whose they are. Only the sealed URL ever holds the role's password.
async fn make_database(
    platform: &Platform,
    tenant: &Tenant,
    admin: &DatabaseUrl,
) -> Result<DatabaseUrl, Failure> {
    let name = database_name(tenant.slug.as_str(), &tenant.id.to_string());
    let made = server::create_database(&platform.connector, admin, &name, crypto::token::generate()).await;
    let context = || {
        format!(
            "cannot make the database {name} on {}:{}",
            admin.host(),
            admin.port()
        )
    };
    made.with_context(context)
        .map_err(|error| explain(error.into(), tenant.slug.as_str()))
}

/// Postgres cuts names at 63 bytes, so a long slug is cut here; the end of the
/// tenant's id keeps names apart.
fn database_name(slug: &str, id: &str) -> String {
    let slug: String = slug.replace('-', "_").chars().take(40).collect();
    let end = id.get(id.len().saturating_sub(8)..).unwrap_or_default();
    format!("tenant_{slug}_{end}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_name_fits_postgres_and_differs_by_tenant() {
        let id = "01999d6e-1111-7000-8000-0123456789ab";
        assert_eq!(database_name("clinica-sol", id), "tenant_clinica_sol_456789ab");
        assert!(database_name(&"a".repeat(63), id).len() <= 63);
    }
}
