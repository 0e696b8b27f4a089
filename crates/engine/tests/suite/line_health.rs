//! How lines do: asked of a Meta that is the simulator, and what follows for the line.

use std::sync::Arc;

use control::{
    Patch,
    audit::{Audit, AuditFilter},
    channel::{Channel, ChannelChanges},
};
use engine::{
    Engine,
    line_health::{LineCondition, LineReport, Severity, SubscribeLineError},
};
use pg::PageRequest;
use resolver::Line;
use serde_json::json;
use simulator::world::{
    line_state::{Health, LineState},
    token::{MANAGEMENT, MESSAGING, TokenState},
};
use whatsapp::error::GraphError;

use crate::common::{A, PLATFORM, Stage, TOKEN, actor, eventually, signed};

const ACCOUNT: &str = "700000000000001";

/// What the line's token is worth from now on.
fn token(stage: &Stage, change: impl FnOnce(&mut TokenState)) {
    let mut worth = TokenState::default();
    change(&mut worth);
    stage.simulator.lock().world.set_token(TOKEN, worth);
}

fn revoke(stage: &Stage) {
    token(stage, |token| token.revoked = true);
}

fn number(stage: &Stage, change: impl FnOnce(&mut LineState)) {
    let mut standing = LineState::default();
    change(&mut standing);
    stage.simulator.lock().world.set_state(A, standing);
}

async fn check(engine: &Engine, line: &Channel) -> LineReport {
    engine.check_line(line.id, None).await.unwrap().unwrap()
}

async fn resolved(engine: &Engine) -> Arc<Line> {
    engine.resolver().line(A).await.unwrap().unwrap()
}

fn codes(report: &LineReport) -> Vec<(&'static str, &'static str)> {
    let problems = report.problems.iter();
    problems
        .map(|problem| (problem.code, problem.advice.as_str()))
        .collect()
}

fn refused(code: i64) -> GraphError {
    GraphError {
        http_status: 400,
        code: Some(code),
        subcode: None,
        message: Some(format!("(#{code}) no")),
        details: None,
        fbtrace_id: None,
        retry_after: None,
    }
}

/// What the audit says of lines, the newest first.
async fn audited(stage: &Stage) -> Vec<(String, Option<String>)> {
    let page = PageRequest {
        limit: 50,
        cursor: None,
    };
    let mut conn = stage.resolver().control().conn().await.unwrap();
    let entries = Audit::new(&mut conn)
        .list(&AuditFilter::default(), &page)
        .await
        .unwrap();
    let entries = entries.items.into_iter();
    let ours = entries.filter(|entry| entry.action.starts_with("channel."));
    ours.map(|entry| (entry.action, entry.actor_email)).collect()
}

async fn replace_token(stage: &Stage, line: &Channel, new: &str) {
    let changes = ChannelChanges {
        wa_token: Patch::Set(new.into()),
        ..ChannelChanges::default()
    };
    stage.change_line(line, changes).await;
    let mut inner = stage.simulator.lock();
    new.clone_into(&mut inner.world.lines.get_mut(A).unwrap().token);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_does_well_says_what_it_may() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    let before = stage.engine.line_report(line.id).await.unwrap().unwrap();
    assert_eq!(before.condition, LineCondition::Unknown);
    let report = check(&stage.engine, &line).await;
    assert_eq!(report.condition, LineCondition::Ok, "{:?}", report.problems);
    let facts = &report.facts;
    assert_eq!((facts.token_valid, facts.is_subscribed), (Some(true), Some(true)));
    let word = |word: &'static str| Some(word);
    assert_eq!(
        [
            &facts.number_status,
            &facts.quality,
            &facts.messaging_limit,
            &facts.can_send
        ]
        .map(Option::as_deref),
        [
            word("CONNECTED"),
            word("GREEN"),
            word("TIER_2K"),
            word("AVAILABLE")
        ]
    );
    assert_eq!(facts.scopes.len(), 2);
    assert_eq!(resolved(&stage.engine).await.messages_per_second, 80);

    number(&stage, |state| state.throughput_level = "HIGH".to_owned());
    check(&stage.engine, &line).await;
    number(&stage, |state| state.is_on_biz_app = true);
    stage.resolver().forget();
    assert_eq!(resolved(&stage.engine).await.messages_per_second, 1_000);
    check(&stage.engine, &line).await;
    stage.resolver().forget();
    assert_eq!(resolved(&stage.engine).await.messages_per_second, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_token_pauses_the_line_and_another_one_resumes_it() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    assert!(resolved(&stage.engine).await.pause.is_none());
    token(&stage, |token| token.expires_at = 1_700_000_000);
    let report = check(&stage.engine, &line).await;
    assert_eq!(report.condition, LineCondition::Paused);
    assert_eq!(codes(&report), [("token_invalid", "replace_token")]);
    let cause = report.pause.unwrap().cause;
    assert_eq!(
        (cause.code.as_str(), cause.meta_code),
        ("token_invalid", Some(190))
    );
    assert!(cause.message.unwrap().contains("Session has expired"));
    assert!(resolved(&stage.engine).await.pause.is_some());

    replace_token(&stage, &line, "token-2").await;
    assert!(resolved(&stage.engine).await.pause.is_none());
    let report = check(&stage.engine, &line).await;
    assert_eq!(report.condition, LineCondition::Ok);
    let server = Some("server".to_owned());
    let told: Vec<_> = audited(&stage).await;
    assert_eq!(
        told[..3],
        [
            ("channel.resumed".to_owned(), None),
            ("channel.updated".to_owned(), None),
            ("channel.paused".to_owned(), server)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_lives_again_resumes_the_line() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    revoke(&stage);
    assert_eq!(check(&stage.engine, &line).await.condition, LineCondition::Paused);
    assert_eq!(check(&stage.engine, &line).await.condition, LineCondition::Paused);
    token(&stage, |_| ());
    assert_eq!(check(&stage.engine, &line).await.condition, LineCondition::Ok);
    assert!(resolved(&stage.engine).await.pause.is_none());
    let actions: Vec<_> = audited(&stage)
        .await
        .into_iter()
        .map(|(action, _)| action)
        .collect();
    assert_eq!(actions, ["channel.resumed", "channel.paused", "channel.created"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_named_with_what_to_do_and_pauses_nothing() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    token(&stage, |token| token.scopes = vec![MANAGEMENT.to_owned()]);
    let report = check(&stage.engine, &line).await;
    assert_eq!(codes(&report), [("scope_missing", "grant_permissions")]);
    assert_eq!(report.problems[0].severity, Severity::Error);
    assert_eq!(report.problems[0].detail.as_deref(), Some(MESSAGING));

    // It cannot be read without this one, but it sends.
    token(&stage, |token| token.scopes = vec![MESSAGING.to_owned()]);
    let report = check(&stage.engine, &line).await;
    let expected = [
        ("scope_missing", "grant_permissions"),
        ("number_unreadable", "grant_permissions"),
    ];
    assert_eq!(codes(&report), expected);
    assert!(
        report
            .problems
            .iter()
            .all(|problem| problem.severity == Severity::Warning)
    );
    assert_eq!(report.condition, LineCondition::Attention);

    token(&stage, |_| ());
    number(&stage, |state| {
        state.quality_rating = "RED".to_owned();
        state.name_status = "PENDING_REVIEW".to_owned();
        state.status = "DISCONNECTED".to_owned();
        let payment = json!({ "error_code": 141_006, "error_description": "No payment method.", "possible_solution": "Add one." });
        let health = Health {
            can_send_message: "BLOCKED".to_owned(),
            errors: vec![payment],
            additional_info: Vec::new(),
        };
        state.health.insert("WABA".to_owned(), health);
    });
    let report = check(&stage.engine, &line).await;
    let expected = [
        ("number_not_registered", "register_number"),
        ("sending_limited", "add_payment"),
        ("quality_low", "improve_quality"),
        ("name_not_approved", "wait"),
    ];
    assert_eq!(codes(&report), expected);
    let payment = &report.problems[1];
    assert_eq!(
        (payment.meta_code, payment.detail.as_deref()),
        (Some(141_006), Some("No payment method. Add one."))
    );
    assert_eq!(report.headline().unwrap().0, "number_not_registered");
    assert!(report.pause.is_none() && resolved(&stage.engine).await.pause.is_none());

    let soon = crate::common::now() + chrono::TimeDelta::days(3);
    number(&stage, |_| ());
    token(&stage, |token| token.expires_at = soon.timestamp());
    let report = check(&stage.engine, &line).await;
    assert_eq!(codes(&report), [("token_expires_soon", "replace_token")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_subscribed_is_noticed_and_can_be() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    stage.simulator.lock().world.unsubscribe(ACCOUNT);
    let report = check(&stage.engine, &line).await;
    assert_eq!(codes(&report), [("app_not_subscribed", "subscribe_app")]);
    let report = stage.engine.subscribe_line(line.id, &actor()).await.unwrap();
    assert_eq!(
        (report.condition, report.problems),
        (LineCondition::Ok, Vec::new())
    );
    assert!(stage.simulator.lock().world.subscription(ACCOUNT).is_some());
    assert_eq!(audited(&stage).await[0].0, "channel.subscribed");

    // Once it is, nothing is asked for: a callback of the account's own would be cleared.
    let own = simulator::world::Callback {
        url: "http://127.0.0.1:1/own".to_owned(),
        verify_token: String::new(),
    };
    stage.simulator.lock().world.subscribe(ACCOUNT, Some(own));
    stage.engine.subscribe_line(line.id, &actor()).await.unwrap();
    let kept = stage.simulator.lock().world.subscription(ACCOUNT);
    assert!(kept.unwrap().callback.is_some());

    token(&stage, |token| token.scopes = vec![MESSAGING.to_owned()]);
    let refused = stage.engine.subscribe_line(line.id, &actor()).await.unwrap_err();
    assert!(matches!(refused, SubscribeLineError::Refused(_)), "{refused}");
    revoke(&stage);
    let refused = stage.engine.subscribe_line(line.id, &actor()).await.unwrap_err();
    assert!(!refused.to_string().contains(TOKEN), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_secret_of_another_app_is_noticed_and_does_no_harm() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    assert_eq!(
        check(&stage.engine, &line).await.facts.app_secret_fits,
        Some(true)
    );
    {
        let mut inner = stage.simulator.lock();
        inner.world.lines.get_mut(A).unwrap().app_secret = Some("of another app".to_owned());
        inner.world.unsubscribe(ACCOUNT);
    }
    let report = check(&stage.engine, &line).await;
    let expected = [
        ("app_not_subscribed", "subscribe_app"),
        ("app_secret_mismatch", "check_app_secret"),
    ];
    assert_eq!(codes(&report), expected);
    assert_eq!(
        (report.facts.token_valid, report.facts.app_secret_fits),
        (Some(true), Some(false))
    );
    let report = stage.engine.subscribe_line(line.id, &actor()).await.unwrap();
    assert_eq!(codes(&report), expected[1..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meta_that_does_not_answer_pauses_nothing_and_is_remembered() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    let cut_off = stage.another_at("http://127.0.0.1:1");
    let report = check(&cut_off, &line).await;
    assert_eq!(report.condition, LineCondition::Unknown);
    assert_eq!(codes(&report), [("check_failed", "wait")]);
    assert!(report.tried_at.is_some() && report.checked_at.is_none());

    let well = check(&stage.engine, &line).await;
    let report = check(&cut_off, &line).await;
    assert_eq!(report.condition, LineCondition::Attention);
    assert_eq!((report.checked_at, &report.facts), (well.checked_at, &well.facts));
    assert!(report.pause.is_none());

    // Nor does it end a pause.
    revoke(&stage);
    check(&stage.engine, &line).await;
    token(&stage, |_| ());
    assert_eq!(check(&cut_off, &line).await.condition, LineCondition::Paused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_a_send_has_paused_is_looked_into_and_resumed_when_its_token_lives() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    eventually(async || stage.engine.leases().holds(sol.id)).await;
    revoke(&stage);
    let seen = resolved(&stage.engine).await;
    stage.engine.pause_line(&seen, &refused(190)).await;
    // The check that follows finds it dead as well.
    let checked = eventually(async || {
        let report = stage.engine.line_report(line.id).await.unwrap().unwrap();
        report.checked_at.map(|_| report)
    });
    let checked = checked.await;
    assert_eq!(checked.condition, LineCondition::Paused);
    assert_eq!(checked.facts.token_valid, Some(false));

    replace_token(&stage, &line, "token-2").await;
    let seen = resolved(&stage.engine).await;
    stage.engine.pause_line(&seen, &refused(190)).await;
    eventually(async || resolved(&stage.engine).await.pause.is_none().then_some(())).await;
    assert_eq!(audited(&stage).await[0].1.as_deref(), Some("server"));
    assert!(!stage.simulator.lock().world.lines.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reading_cannot_disprove_rests_until_a_person_asks() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    let seen = resolved(&stage.engine).await;
    stage.engine.pause_line(&seen, &refused(131_031)).await;
    stage.engine.pause_line(&seen, &refused(190)).await;
    let report = check(&stage.engine, &line).await;
    let pause = report.pause.unwrap();
    assert_eq!(
        (pause.cause.code.as_str(), report.problems.len()),
        ("account_restricted", 0)
    );
    let asked = stage.engine.check_line(line.id, Some(&actor())).await.unwrap();
    assert_eq!(asked.unwrap().condition, LineCondition::Ok);

    // Where Meta says that it is so, not even then.
    let seen = resolved(&stage.engine).await;
    stage.engine.pause_line(&seen, &refused(133_010)).await;
    number(&stage, |state| state.status = "DISCONNECTED".to_owned());
    let asked = stage.engine.check_line(line.id, Some(&actor())).await.unwrap();
    assert_eq!(asked.unwrap().condition, LineCondition::Paused);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_old_token_does_not_stop_the_new_one() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    let old = resolved(&stage.engine).await;
    replace_token(&stage, &line, "token-2").await;
    stage.engine.pause_line(&old, &refused(190)).await;
    stage.resolver().forget();
    assert!(resolved(&stage.engine).await.pause.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_hears_of_a_pause_and_of_its_end() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    let other = stage.without_sender();
    let is_paused = async || resolved(&other).await.pause.is_some();
    // It listens once it has heard of a change.
    eventually(async || {
        revoke(&stage);
        check(&stage.engine, &line).await;
        is_paused().await.then_some(())
    })
    .await;
    token(&stage, |_| ());
    let asked = stage.engine.check_line(line.id, Some(&actor())).await.unwrap();
    assert_eq!(asked.unwrap().condition, LineCondition::Ok);
    eventually(async || (!is_paused().await).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_webhook_told_later_counts_more() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let line = stage.line(&sol, A, None).await;
    // Events of an account name a line by its number.
    let numbered = ChannelChanges {
        display_phone_number: Patch::Set("+1 202-555-0100".to_owned()),
        ..ChannelChanges::default()
    };
    stage.change_line(&line, numbered).await;
    let report = check(&stage.engine, &line).await;
    assert_eq!(report.facts.messaging_limit.as_deref(), Some("TIER_2K"));
    let body = |field: &str, value: serde_json::Value| {
        let change = json!({ "field": field, "value": value });
        let entry = json!({ "id": ACCOUNT, "changes": [change] });
        json!({ "object": "whatsapp_business_account", "entry": [entry] })
            .to_string()
            .into_bytes()
    };
    for body in [
        body(
            "phone_number_quality_update",
            json!({
                "display_phone_number": "12025550100", "event": "FLAGGED", "max_daily_conversations_per_business": "TIER_10K",
            }),
        ),
        body(
            "phone_number_name_update",
            json!({
                "display_phone_number": "12025550100", "decision": "REJECTED", "requested_verified_name": "Best!!!",
            }),
        ),
    ] {
        stage
            .engine
            .ingest(&body, Some(&signed(PLATFORM, &body)))
            .await
            .unwrap();
    }
    let report = stage.engine.line_report(line.id).await.unwrap().unwrap();
    assert_eq!(report.facts.messaging_limit.as_deref(), Some("TIER_10K"));
    assert_eq!(
        codes(&report),
        [
            ("quality_low", "improve_quality"),
            ("name_not_approved", "check_name")
        ]
    );
    // The next check is newer again.
    assert_eq!(check(&stage.engine, &line).await.condition, LineCondition::Ok);
}
