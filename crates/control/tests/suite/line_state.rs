//! What is known of the lines: kept, paused with the first cause, resumed, and forgotten with the
//! token it was known of.

use control::{
    Actor, Patch,
    audit::{Audit, AuditFilter},
    channel::{Channel, ChannelChanges, create_channel, delete_channel, update_channel},
    line_state::{
        Cause, LineFacts, LineState, LineStates, Outcome, PauseCode, Seen, Told, Verdict, pause_line,
        record_check,
    },
};
use pg::{ChannelId, Conn, Control};
use serde_json::json;

use crate::common::{Test, actor, at, dump, keyring, line, page, tenant};

async fn registered(conn: &mut Conn<Control>, slug: &str, id: &str) -> Channel {
    let owner = tenant(conn, slug).await;
    create_channel(conn, &keyring(), owner.id, line(id), &actor(), at(0))
        .await
        .unwrap()
}

fn cause(code: PauseCode, meta_code: i64) -> Cause {
    Cause {
        code,
        meta_code: Some(meta_code),
        message: Some("Session has expired".to_owned()),
    }
}

fn well() -> LineFacts {
    LineFacts {
        token_valid: Some(true),
        scopes: vec!["whatsapp_business_messaging".to_owned()],
        is_subscribed: Some(true),
        number_status: Some("CONNECTED".to_owned()),
        throughput: Some("STANDARD".to_owned()),
        issues: json!([{ "entity": "WABA" }]),
        ..LineFacts::default()
    }
}

fn told(facts: LineFacts) -> Told {
    Told::Facts(Box::new(facts))
}

async fn check(conn: &mut Conn<Control>, seen: Seen, told: &Told, verdict: Verdict, when: i64) -> Outcome {
    record_check(conn, seen, told, verdict, &Actor::server(), at(when))
        .await
        .unwrap()
}

async fn pause(conn: &mut Conn<Control>, seen: Seen, cause: &Cause, when: i64) -> Outcome {
    pause_line(conn, seen, cause, &Actor::server(), at(when))
        .await
        .unwrap()
}

async fn state(conn: &mut Conn<Control>, id: ChannelId) -> Option<LineState> {
    LineStates::new(conn).find(id).await.unwrap()
}

async fn actions(conn: &mut Conn<Control>) -> Vec<String> {
    let entries = Audit::new(conn)
        .list(&AuditFilter::default(), &page(50))
        .await
        .unwrap();
    let ours = entries.items.into_iter().map(|entry| entry.action);
    ours.filter(|action| action.starts_with("channel.")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_check_told_is_read_back_and_outlasts_one_that_tells_nothing() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let channel = registered(&mut conn, "sol", "10001").await;
    assert_eq!(state(&mut conn, channel.id).await, None);
    let seen = Seen::from(&channel);
    check(&mut conn, seen, &told(well()), Verdict::Leave, 10).await;
    let known = state(&mut conn, channel.id).await.unwrap();
    assert_eq!((known.tried_at, known.checked_at), (Some(at(10)), Some(at(10))));
    assert_eq!(known.facts, well());

    for when in [20, 30] {
        let nothing = Told::Nothing("the connection broke".to_owned());
        check(&mut conn, seen, &nothing, Verdict::Leave, when).await;
    }
    let known = state(&mut conn, channel.id).await.unwrap();
    assert_eq!(
        (known.tried_at, known.checked_at, known.failing_since),
        (Some(at(30)), Some(at(10)), Some(at(20)))
    );
    assert_eq!(known.check_error.as_deref(), Some("the connection broke"));
    assert_eq!((&known.facts, known.pause()), (&well(), None));

    check(&mut conn, seen, &told(LineFacts::default()), Verdict::Leave, 40).await;
    let known = state(&mut conn, channel.id).await.unwrap();
    assert_eq!((known.check_error, known.failing_since), (None, None));
    assert_eq!(
        known.facts,
        LineFacts {
            issues: json!([]),
            ..LineFacts::default()
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_keeps_its_first_cause_and_ends_once() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let channel = registered(&mut conn, "sol", "10001").await;
    let seen = Seen::from(&channel);
    let first = cause(PauseCode::TokenInvalid, 190);
    assert_eq!(pause(&mut conn, seen, &first, 10).await, Outcome::Paused);
    let second = cause(PauseCode::AccountRestricted, 368);
    assert_eq!(pause(&mut conn, seen, &second, 20).await, Outcome::Unchanged);
    let again = check(&mut conn, seen, &told(well()), Verdict::Pause(second), 25).await;
    assert_eq!(again, Outcome::Unchanged);
    let found = state(&mut conn, channel.id).await.unwrap().pause().unwrap();
    assert_eq!((found.at, &found.cause), (at(10), &first));
    assert_eq!(LineStates::new(&mut conn).paused_count().await.unwrap(), 1);

    // A verdict on an earlier pause says nothing about this one.
    let of_another = Verdict::Resume { paused_at: at(5) };
    let outcome = check(&mut conn, seen, &told(well()), of_another, 30).await;
    assert_eq!(outcome, Outcome::Unchanged);
    let of_this = Verdict::Resume { paused_at: at(10) };
    for expected in [Outcome::Resumed, Outcome::Unchanged] {
        let outcome = check(&mut conn, seen, &told(well()), of_this.clone(), 40).await;
        assert_eq!(outcome, expected);
    }
    assert_eq!(state(&mut conn, channel.id).await.unwrap().pause(), None);
    assert_eq!(LineStates::new(&mut conn).paused_count().await.unwrap(), 0);
    assert_eq!(
        actions(&mut conn).await,
        ["channel.resumed", "channel.paused", "channel.created"]
    );
    // Paused again within a day, it rests before a check may resume it.
    assert_eq!(pause(&mut conn, seen, &first, 100).await, Outcome::Paused);
    let held = state(&mut conn, channel.id).await.unwrap().held_until();
    assert_eq!(held, Some(at(400)));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_token_ends_the_pause_and_late_news_of_the_old_one_count_for_nothing() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let channel = registered(&mut conn, "sol", "10001").await;
    let (old, dead) = (Seen::from(&channel), cause(PauseCode::TokenInvalid, 190));
    pause(&mut conn, old, &dead, 5).await;
    let change = async |conn: &mut Conn<Control>, changes, when| {
        update_channel(conn, &keyring(), channel.id, changes, &actor(), at(when))
            .await
            .unwrap()
    };
    let renamed = ChannelChanges {
        display_name: Some("Caja".to_owned()),
        ..ChannelChanges::default()
    };
    let renamed = change(&mut conn, renamed, 10).await;
    assert!(state(&mut conn, channel.id).await.unwrap().pause().is_some());

    let replaced = ChannelChanges {
        wa_token: Patch::Set("EAAC".into()),
        ..ChannelChanges::default()
    };
    let replaced = change(&mut conn, replaced, 20).await;
    assert_eq!(state(&mut conn, channel.id).await, None);
    assert_eq!(
        actions(&mut conn).await[..2],
        ["channel.resumed", "channel.updated"]
    );

    for late in [old, Seen::from(&renamed)] {
        assert_eq!(pause(&mut conn, late, &dead, 30).await, Outcome::Stale);
        let outcome = check(&mut conn, late, &told(well()), Verdict::Pause(dead.clone()), 30).await;
        assert_eq!(outcome, Outcome::Stale);
    }
    assert_eq!(state(&mut conn, channel.id).await, None);
    let current = Seen::from(&replaced);
    assert_eq!(pause(&mut conn, current, &dead, 40).await, Outcome::Paused);
    delete_channel(&mut conn, channel.id, &actor(), at(50))
        .await
        .unwrap();
    assert_eq!(pause(&mut conn, current, &dead, 60).await, Outcome::Stale);
    assert_eq!(state(&mut conn, channel.id).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_comes_with_what_is_known_of_it_and_no_other() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = registered(&mut conn, "sol", "10001").await;
    let luna = registered(&mut conn, "luna", "20001").await;
    check(&mut conn, Seen::from(&sol), &told(well()), Verdict::Leave, 10).await;
    let mut states = LineStates::new(&mut conn);
    let known = |found: Option<LineState>| found.map(|state| state.channel_id);
    let (channel, state, app) = states.of_number("10001").await.unwrap().unwrap();
    assert_eq!(app, None);
    assert_eq!((channel, known(state)), (sol.clone(), Some(sol.id)));
    let (channel, state) = states.of_channel(luna.id).await.unwrap().unwrap();
    assert_eq!((channel, known(state)), (luna.clone(), None));
    let of_tenant = states.of_tenant(sol.tenant_id).await.unwrap();
    assert_eq!(of_tenant.len(), 1);
    assert_eq!(states.of_number("30001").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn metas_words_are_kept_short_and_without_what_cannot_be_stored() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let channel = registered(&mut conn, "sol", "10001").await;
    let odd = format!("a\0{}", "ñ".repeat(1_000));
    let facts = LineFacts {
        verified_name: Some(odd.clone()),
        issues: json!("not a list"),
        ..well()
    };
    check(&mut conn, Seen::from(&channel), &told(facts), Verdict::Leave, 10).await;
    let refused = Cause {
        message: Some(odd),
        ..cause(PauseCode::Refused, 1)
    };
    pause(&mut conn, Seen::from(&channel), &refused, 20).await;
    let kept = state(&mut conn, channel.id).await.unwrap();
    let expected = format!("a{}", "ñ".repeat(399));
    assert_eq!(kept.facts.verified_name.as_deref(), Some(expected.as_str()));
    assert_eq!(kept.facts.issues, json!([]));
    assert_eq!(kept.pause().unwrap().cause.message, Some(expected));
    assert!(dump(&mut conn, "audit_log").await.contains("refused"));
}
