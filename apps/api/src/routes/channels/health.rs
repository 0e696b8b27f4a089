//! How a line does, in short and in full. The platform's side answers in the same shapes.

use actix_web::web;
use chrono::{DateTime, Utc};
use engine::line_health::{LineProblem, LineReport, pause_advice};
use pg::ChannelId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::{Member, SettingsWrite},
    json,
    names::{LineAdviceName, LineConditionName, SeverityName},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(crate::routes::resource("/channels/{id}/health").route(web::get().to(get_line_health)))
        .service(
            crate::routes::resource("/channels/{id}/health/check").route(web::post().to(post_line_check)),
        );
}

/// How a line does, for everybody who works with it.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelHealth)]
pub(crate) struct ChannelHealthBody {
    #[schema(value_type = LineConditionName)]
    state: &'static str,
    /// Why: the pause's code, else the worst problem's.
    code: Option<&'static str>,
    /// What to do about it.
    #[schema(value_type = Option<LineAdviceName>)]
    advice: Option<&'static str>,
    /// Since when nothing is sent, if it is paused.
    paused_at: Option<DateTime<Utc>>,
    /// When WhatsApp was last heard about it.
    checked_at: Option<DateTime<Utc>>,
}

/// Nothing is sent over the line; messages wait.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelPause)]
pub(crate) struct PauseBody {
    since: DateTime<Utc>,
    /// token_invalid, permission_missing, number_missing, number_not_registered, name_not_approved,
    /// account_restricted or refused.
    code: &'static str,
    #[schema(value_type = LineAdviceName)]
    advice: &'static str,
    /// WhatsApp's code.
    meta_code: Option<i64>,
    /// WhatsApp's words.
    detail: Option<String>,
}

/// Something that somebody should know.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelProblem)]
pub(crate) struct LineProblemBody {
    /// A stable word, such as token_expires_soon, scope_missing or app_not_subscribed.
    code: &'static str,
    #[schema(value_type = SeverityName)]
    severity: &'static str,
    #[schema(value_type = LineAdviceName)]
    advice: &'static str,
    /// WhatsApp's code.
    meta_code: Option<i64>,
    /// What it is about here: a permission, a date, WhatsApp's own words.
    detail: Option<String>,
}

/// All that is known of how a line does. Words in capitals are WhatsApp's and may be new ones; null: it did not say.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelHealthReport)]
pub(crate) struct LineReportBody {
    channel_id: String,
    #[schema(value_type = LineConditionName)]
    state: &'static str,
    pause: Option<PauseBody>,
    /// The worst first.
    problems: Vec<LineProblemBody>,
    token_valid: Option<bool>,
    /// null: never, or not known.
    token_expires_at: Option<DateTime<Utc>>,
    /// The app that the token belongs to.
    app_id: Option<String>,
    scopes: Vec<String>,
    /// What the line needs and the token lacks.
    missing_scopes: Vec<String>,
    /// Whether the account's events go to that app.
    is_subscribed: Option<bool>,
    /// CONNECTED, DISCONNECTED, BANNED…
    number_status: Option<String>,
    /// GREEN, YELLOW, RED.
    quality: Option<String>,
    /// How many people a day may be written to first: TIER_250 to TIER_UNLIMITED.
    messaging_limit: Option<String>,
    /// STANDARD or HIGH.
    throughput: Option<String>,
    /// Whether the number is on the WhatsApp Business app as well.
    on_business_app: Option<bool>,
    verified_name: Option<String>,
    /// APPROVED, PENDING_REVIEW, DECLINED…
    name_status: Option<String>,
    /// AVAILABLE, LIMITED or BLOCKED.
    can_send: Option<String>,
    /// When WhatsApp last told something.
    checked_at: Option<DateTime<Utc>>,
    /// When it was last asked.
    tried_at: Option<DateTime<Utc>>,
}

impl From<&LineReport> for ChannelHealthBody {
    fn from(report: &LineReport) -> Self {
        let headline = report.headline();
        Self {
            state: report.condition.as_str(),
            code: headline.map(|(code, _)| code),
            advice: headline.map(|(_, advice)| advice.as_str()),
            paused_at: report.pause.as_ref().map(|pause| pause.at),
            checked_at: report.checked_at,
        }
    }
}

impl From<LineProblem> for LineProblemBody {
    fn from(problem: LineProblem) -> Self {
        Self {
            code: problem.code,
            severity: problem.severity.as_str(),
            advice: problem.advice.as_str(),
            meta_code: problem.meta_code,
            detail: problem.detail,
        }
    }
}

impl From<LineReport> for LineReportBody {
    fn from(report: LineReport) -> Self {
        let facts = report.facts;
        let pause = report.pause.map(|pause| PauseBody {
            since: pause.at,
            code: pause.cause.code.as_str(),
            advice: pause_advice(pause.cause.code).as_str(),
            meta_code: pause.cause.meta_code,
            detail: pause.cause.message,
        });
        Self {
            channel_id: report.channel.id.to_string(),
            state: report.condition.as_str(),
            pause,
            problems: report.problems.into_iter().map(Into::into).collect(),
            token_valid: facts.token_valid,
            token_expires_at: facts.token_expires_at,
            app_id: facts.app_id,
            scopes: facts.scopes,
            missing_scopes: facts.missing_scopes,
            is_subscribed: facts.is_subscribed,
            number_status: facts.number_status,
            quality: facts.quality,
            messaging_limit: facts.messaging_limit,
            throughput: facts.throughput,
            on_business_app: facts.on_business_app,
            verified_name: facts.verified_name,
            name_status: facts.name_status,
            can_send: facts.can_send,
            checked_at: report.checked_at,
            tried_at: report.tried_at,
        }
    }
}

/// How a line does, as far as is known without asking WhatsApp.
#[utoipa::path(get, path = "/api/channels/{id}/health", tag = "lines", params(("id" = String, Path)),
    responses((status = 200, body = LineReportBody)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn get_line_health(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
) -> Result<web::Json<LineReportBody>, Problem> {
    Ok(web::Json(own_line(&member, &id).await?.into()))
}

/// Ask WhatsApp how a line does. Pauses it if its token is dead, and resumes it if what paused it is gone.
#[utoipa::path(post, path = "/api/channels/{id}/health/check", tag = "lines", params(("id" = String, Path)),
    responses((status = 200, body = LineReportBody)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn post_line_check(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
) -> Result<web::Json<LineReportBody>, Problem> {
    let line = own_line(&member, &id).await?.channel;
    let report = member
        .app
        .engine()
        .check_line(line.id, Some(&member.actor()))
        .await?;
    Ok(web::Json(found(report)?.into()))
}

/// The report on one of the tenant's own lines.
async fn own_line(member: &Member<SettingsWrite>, id: &str) -> Result<LineReport, Problem> {
    let id: ChannelId = json::id(id)?;
    let report = found(member.app.engine().line_report(id).await?)?;
    if report.channel.tenant_id == member.tenant.tenant.id {
        Ok(report)
    } else {
        Err(Problem::bare(Kind::NotFound))
    }
}

/// The report, if there is such a line.
pub(crate) fn found(report: Option<LineReport>) -> Result<LineReport, Problem> {
    report.ok_or_else(|| Problem::bare(Kind::NotFound))
}
