//! One tenant: whether it is active, its database, its admin, and that it has a line.

use control::{channel::Channels, database::TenantDatabases, tenant::Tenant};
use engine::Clock;
use pg::Db;
use resolver::fleet::{Seen, Target, look, reason};
use tenant::user::Users;

use super::{Findings, PATIENCE};
use crate::{outcome::Failure, platform::Platform};

const DATABASE: &str = "tenant_database";

/// Looks at a tenant, its lines' answers left out.
pub(crate) async fn look_at_tenant(
    findings: &mut Findings,
    platform: &Platform,
    tenant: &Tenant,
) -> Result<(), Failure> {
    let slug = tenant.slug.to_string();
    let about = Some(slug.as_str());
    if tenant.is_active {
        findings.ok("tenant_active", about, "it is active");
    } else {
        findings.warn(
            "tenant_suspended",
            about,
            "it is suspended: nobody of it gets in and nothing is sent; its messages keep arriving",
            "if that is not meant, resume it in the panel (Overview → Resume)",
        );
    }
    let mut conn = platform.db.conn().await?;
    let database = TenantDatabases::new(&mut conn).find(tenant.id).await?;
    let lines = Channels::new(&mut conn).list_by_tenant(tenant.id).await?;
    drop(conn);
    if lines.iter().any(|line| line.is_active) {
        findings.ok("channel", about, "it has a line");
    } else {
        findings.fault(
            "channel",
            about,
            "it has no active line, so nothing arrives and nothing can be sent",
            "add one in the panel (Lines) or with `provision channel add`",
        );
    }
    let Some(database) = database else {
        let remedy = "attach one in the panel, or `provision tenant create … --server`";
        findings.fault(DATABASE, about, "it has no database", remedy);
        return Ok(());
    };
    let target = Target {
        tenant: tenant.clone(),
        database,
    };
    let seen = look(platform.attaching(), &target, PATIENCE, Clock::default().now()).await?;
    look_at_database(findings, about, &seen);
    if seen.state.error.is_none() && seen.state.pending == Some(0) {
        look_at_admin(findings, platform, &target, about).await;
    }
    Ok(())
}

fn look_at_database(findings: &mut Findings, about: Option<&str>, seen: &Seen) {
    let state = &seen.state;
    let error = state.error.as_deref().unwrap_or_default();
    if !seen.is_reachable {
        let remedy = "check the server, the network and the role's password; then press Test under Database";
        findings.fault(
            DATABASE,
            about,
            format!("its database cannot be used: {error}"),
            remedy,
        );
    } else if state.pending.is_some_and(|pending| pending > 0) {
        findings.fault(
            "tenant_migrations",
            about,
            "its database is not up to date",
            "run `provision tenant migrate --all`",
        );
    } else if state.error.is_some() {
        let remedy = "attach its own database: paste the right URL under Database";
        findings.fault(
            "tenant_database_owner",
            about,
            format!("this is not its database: {error}"),
            remedy,
        );
    } else if seen.is_ahead {
        findings.fault(
            "tenant_migrations",
            about,
            "a newer release has migrated its database",
            "use that release everywhere",
        );
    } else if !state.drift.is_empty() {
        let says = format!("its schema is not this release's: {}", state.drift.join("; "));
        let remedy = "undo what was changed by hand; `provision fleet status` names all differences";
        findings.fault("schema_drift", about, says, remedy);
    } else {
        findings.ok(
            DATABASE,
            about,
            "its database is reachable, its own and up to date",
        );
    }
}

async fn look_at_admin(findings: &mut Findings, platform: &Platform, target: &Target, about: Option<&str>) {
    let admins = async {
        let opened = target.database.open_url(&platform.keyring);
        let url = opened.map_err(|error| reason(&error))?;
        let db: Db<pg::Tenant> = Db::new(&platform.connector, &url, 1);
        let mut conn = db.conn().await.map_err(|error| reason(&error))?;
        let active = Users::new(&mut conn)
            .list(true)
            .await
            .map_err(|error| reason(&error))?;
        Ok::<_, String>(active.iter().filter(|user| user.role.is_admin()).count())
    };
    let remedy = "`provision seed admin --tenant …` makes one";
    match admins.await {
        Ok(0) => findings.fault("admin", about, "it has no active admin", remedy),
        Ok(_) => findings.ok("admin", about, "it has an active admin"),
        Err(why) => findings.fault(
            "admin",
            about,
            format!("its people cannot be read: {why}"),
            remedy,
        ),
    }
}
