//! Each active line as Meta sees it.

use control::{
    channel::{Channel, Channels},
    meta_app::MetaApps,
    tenant::Tenant,
};
use crypto::SecretString;
use engine::line_health::{Examiner, LineAdvice, LineProblem, LineReport, Severity};

use super::{Findings, State};
use crate::{
    args::Doctor,
    outcome::Failure,
    platform::{Platform, given},
};

/// Asks Meta about a tenant's active lines, one after the other.
pub(crate) async fn look_at_lines(
    findings: &mut Findings,
    platform: &Platform,
    args: &Doctor,
    tenant: &Tenant,
) -> Result<(), Failure> {
    let secret = given(args.whatsapp_app_secret.as_ref());
    let set = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
    let (base_url, version) = (set(&args.graph_base_url), set(&args.graph_version));
    let made = Examiner::new(base_url.as_deref(), version.as_deref(), &platform.keyring);
    let examiner =
        made.map_err(|error| Failure::Usage(format!("GRAPH_BASE_URL or GRAPH_VERSION: {error}")))?;
    let mut conn = platform.db.conn().await?;
    let lines = Channels::new(&mut conn).list_by_tenant(tenant.id).await?;
    drop(conn);
    for line in lines.into_iter().filter(|line| line.is_active) {
        let about = format!("{} {} ({})", tenant.slug, line.display_name, line.phone_number_id);
        let shared = app_secret(platform, &line, secret).await?;
        if !line.has_app_secret() && shared.is_none() {
            findings.fault(
                "line_unsigned",
                Some(&about),
                "it has no app secret, so anybody who knows its id can write to it",
                "enter its app's secret under Lines or Apps, or set WHATSAPP_APP_SECRET",
            );
        }
        let report = examiner.examine(line, shared.as_ref(), findings.now).await;
        tell(findings, &about, &report);
    }
    Ok(())
}

/// The secret of the app that signs for a line without one of its own: the app that it is bound
/// to, else the common one.
async fn app_secret(
    platform: &Platform,
    line: &Channel,
    common: Option<&SecretString>,
) -> Result<Option<SecretString>, Failure> {
    let Some(id) = line.app_id else {
        return Ok(common.cloned());
    };
    let app = MetaApps::new(&mut platform.db.conn().await?).find(id).await?;
    Ok(app.and_then(|app| app.app_secret(&platform.keyring).unwrap_or_default()))
}

fn tell(findings: &mut Findings, about: &str, report: &LineReport) {
    let before = findings.found.len();
    for problem in &report.problems {
        let state = match problem.severity {
            Severity::Error => State::Fault,
            Severity::Warning => State::Warning,
            Severity::Info => continue,
        };
        let code = format!("line_{}", problem.code);
        findings.add(
            state,
            &code,
            Some(about),
            says(problem),
            Some(remedy(problem.advice)),
        );
    }
    if findings.found.len() == before {
        findings.ok("line", Some(about), "Meta knows it, and its token may use it");
    }
}

fn says(problem: &LineProblem) -> String {
    let what = match problem.code {
        "token_unreadable" => "its token does not open",
        "token_missing" => "it has no token, so it receives and does not send",
        "account_unknown" => "its WhatsApp Business account (WABA) is not entered",
        "token_invalid" => "its token is not valid",
        "token_expires_soon" => "its token ends soon",
        "scope_missing" => "its token lacks a permission",
        "app_secret_mismatch" => "its app secret is another app's",
        "app_not_subscribed" => "its account's events do not go to the app",
        "number_unreadable" => "its token has no access to the number",
        "number_not_registered" => "its number is not registered",
        "number_restricted" => "its number is restricted",
        "check_failed" => "Meta could not be asked",
        "quality_low" => "its quality is low",
        "name_not_approved" => "its name is not approved",
        _ => "its sending is limited",
    };
    match &problem.detail {
        Some(detail) => format!("{what}: {detail}"),
        None => what.to_owned(),
    }
}

fn remedy(advice: LineAdvice) -> &'static str {
    match advice {
        LineAdvice::SetToken => "paste a system user's token under Lines",
        LineAdvice::ReplaceToken => "make a new system user's token and paste it under Lines",
        LineAdvice::RestoreKey => {
            "put the key that sealed it into MASTER_KEY_PREVIOUS, or paste the token again"
        }
        LineAdvice::GrantPermissions => {
            "give the token's system user whatsapp_business_messaging and whatsapp_business_management for this account"
        }
        LineAdvice::SetAccount => "enter the WABA ID under Lines",
        LineAdvice::SubscribeApp => "press Subscribe at the line",
        LineAdvice::CheckAppSecret => "paste the secret of the token's own app (App → Settings → Basic)",
        LineAdvice::CheckNumber => {
            "compare the phone number ID with Meta's, and assign its account (WABA) to the token's system user"
        }
        LineAdvice::RegisterNumber => "register the number with the Cloud API (runbook, section 7.3)",
        LineAdvice::CheckName => "look at the name's review in WhatsApp Manager",
        LineAdvice::ImproveQuality => "write less, and only what people want",
        LineAdvice::AddPayment => "give the account a payment method at Meta",
        LineAdvice::ContactSupport => "look at WhatsApp Manager, or ask Meta",
        LineAdvice::Wait => "wait and look again",
    }
}
