//! The control plane: its database, its clock and settings, and whether the keys fit.

use control::contents::{Contents, contents};
use pg::{
    Connector, Control, Db, facts,
    facts::ServerFacts,
    migrate::{self, SchemaState},
    probe,
};
use resolver::{fleet::reason, rotate::examine};

use super::Findings;
use crate::{
    args::Global,
    outcome::Failure,
    platform::{Platform, control_url, keyring, place},
};

/// Clocks may differ by so many seconds before somebody should look, and before it is a fault.
const SKEW: (i64, i64) = (5, 30);

/// Looks at the control plane; `None` if nothing more can be looked at.
pub(crate) async fn look_at_platform(
    findings: &mut Findings,
    global: &Global,
) -> Result<Option<Platform>, Failure> {
    let (url, keyring) = (control_url(global)?, keyring(global)?);
    let connector = Connector::current();
    if let Err(error) = probe::probe(&connector, &url).await {
        findings.fault(
            "control_database",
            None,
            format!(
                "the control plane's database at {} cannot be used: {}",
                place(&url),
                reason(&error)
            ),
            "check CONTROL_DB_URL: host, port, user, password and firewall",
        );
        return Ok(None);
    }
    let db: Db<Control> = Db::new(&connector, &url, 2);
    let mut conn = db.conn().await?;
    let held = contents(&mut conn).await?;
    let status = migrate::status(&mut conn, &control::MIGRATIONS).await?;
    if !is_usable(findings, held, &status.state) {
        return Ok(None);
    }
    let facts = facts::server(&mut conn).await?;
    drop(conn);
    look_at_server(findings, &facts);
    let platform = Platform {
        connector,
        db,
        url,
        keyring,
    };
    look_at_keys(findings, &platform).await?;
    Ok(Some(platform))
}

fn is_usable(findings: &mut Findings, held: Contents, state: &SchemaState) -> bool {
    const CODE: &str = "control_migrations";
    match (held, state) {
        (Contents::Foreign, _) => findings.fault(
            CODE,
            None,
            "the control plane's database holds tables of something else",
            "point CONTROL_DB_URL at the platform's own database",
        ),
        (_, SchemaState::Current) => {
            findings.ok(CODE, None, "the control plane's database is up to date");
            return true;
        }
        (_, SchemaState::Ahead { unknown }) => findings.fault(
            CODE,
            None,
            format!("a newer release has migrated the control plane's database ({unknown})"),
            "use that release",
        ),
        (_, SchemaState::Empty | SchemaState::Behind { .. }) => findings.fault(
            CODE,
            None,
            "the control plane's database is not up to date",
            "run `provision control migrate`",
        ),
    }
    false
}

fn look_at_server(findings: &mut Findings, facts: &ServerFacts) {
    let skew = (findings.now - facts.now).num_seconds();
    let says = format!(
        "this machine's clock and the database's are {} seconds apart",
        skew.abs()
    );
    let remedy = "let both machines follow a time server (NTP); sessions and webhooks go by the clock";
    let (warning, fault) = SKEW;
    match skew.abs() {
        apart if apart > fault => findings.fault("clock", None, says, remedy),
        apart if apart > warning => findings.warn("clock", None, says, remedy),
        _ => findings.ok("clock", None, says),
    }
    let settings = [
        ("fsync", &facts.fsync, facts.fsync == "on"),
        (
            "full_page_writes",
            &facts.full_page_writes,
            facts.full_page_writes == "on",
        ),
        (
            "synchronous_commit",
            &facts.synchronous_commit,
            facts.synchronous_commit != "off",
        ),
    ];
    let off: Vec<String> = settings
        .iter()
        .filter(|(_, _, is_safe)| !is_safe)
        .map(|(name, value, _)| format!("{name} is {value}"))
        .collect();
    if off.is_empty() {
        findings.ok("durability", None, "Postgres keeps what it has committed");
    } else {
        let remedy = "switch them on: what Meta was told is stored, it does not send again";
        findings.warn(
            "durability",
            None,
            format!("on the control plane's server {}", off.join(", ")),
            remedy,
        );
    }
}

async fn look_at_keys(findings: &mut Findings, platform: &Platform) -> Result<(), Failure> {
    let examined = examine(platform.attaching()).await?;
    let unopened = examined.unopened();
    if unopened > 0 {
        findings.fault(
            "master_key",
            None,
            format!("MASTER_KEY does not open {unopened} of the sealed values"),
            "put the key that sealed them into MASTER_KEY, or into MASTER_KEY_PREVIOUS and run `provision keys rotate`",
        );
        return Ok(());
    }
    findings.ok("master_key", None, "MASTER_KEY opens everything that is sealed");
    let left = examined.left(platform.keyring.current_id());
    if left > 0 {
        findings.warn(
            "older_keys",
            None,
            format!("{left} values are still sealed under an older key"),
            "run `provision keys rotate`",
        );
    }
    Ok(())
}
