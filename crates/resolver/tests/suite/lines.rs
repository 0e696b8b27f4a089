//! Whose a line is: asked once, forgotten when told, remembered while nobody can be asked.

use std::{sync::Arc, time::Duration};

use control::channel::ChannelChanges;
use crypto::ExposeSecret;
use resolver::{Limits, ResolveError};

use crate::common::{Stage, limits};

const LINE: &str = "800000000000001";

fn renamed(name: &str) -> ChannelChanges {
    ChannelChanges {
        display_name: Some(name.to_owned()),
        ..ChannelChanges::default()
    }
}

fn switched(is_active: bool) -> ChannelChanges {
    ChannelChanges {
        is_active: Some(is_active),
        ..ChannelChanges::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_line_is_nobodys_until_it_is_registered() {
    let stage = Stage::new();
    assert!(stage.resolver.line(LINE).await.unwrap().is_none());
    let sol = stage.tenant("sol").await;
    let channel = stage.line(sol.id, LINE).await;
    assert!(
        stage.resolver.line(LINE).await.unwrap().is_none(),
        "the answer is kept"
    );
    stage.resolver.forget();
    let line = stage.resolver.line(LINE).await.unwrap().unwrap();
    assert_eq!((line.channel.id, line.channel.tenant_id), (channel.id, sol.id));
    assert_eq!(line.token.as_ref().unwrap().expose_secret(), "EAAB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_made_elsewhere_is_heard_of() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let channel = stage.line(sol.id, LINE).await;
    let resolver = stage.resolver.clone();
    let following = tokio::spawn(async move { resolver.follow_changes(|_tenant| ()).await });
    for round in 0..5 {
        let name = format!("línea {round}");
        assert!(stage.resolver.line(LINE).await.unwrap().is_some());
        stage.change_line(channel.id, renamed(&name)).await;
        while stage
            .resolver
            .line(LINE)
            .await
            .unwrap()
            .unwrap()
            .channel
            .display_name
            != name
        {
            tokio::task::yield_now().await;
        }
    }
    following.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_ask_at_once_share_one_answer() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    stage.line(sol.id, LINE).await;
    let asks: Vec<_> = (0..50)
        .map(|_| {
            let resolver = stage.resolver.clone();
            tokio::spawn(async move { resolver.line(LINE).await.unwrap().unwrap() })
        })
        .collect();
    let mut answers = Vec::new();
    for ask in asks {
        answers.push(ask.await.unwrap());
    }
    assert!(answers.iter().all(|line| Arc::ptr_eq(line, &answers[0])));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_after_a_change_was_told_never_gets_the_answer_from_before() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let channel = stage.line(sol.id, LINE).await;
    let askers: Vec<_> = (0..4)
        .map(|_| {
            let resolver = stage.resolver.clone();
            tokio::spawn(async move {
                loop {
                    resolver.line(LINE).await.unwrap();
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for round in 0..150 {
        let name = format!("línea {round}");
        stage.change_line(channel.id, renamed(&name)).await;
        stage.resolver.forget();
        let line = stage.resolver.line(LINE).await.unwrap().unwrap();
        assert_eq!(line.channel.display_name, name);
    }
    askers.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_known_before_is_served_while_the_control_plane_is_down() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let channel = stage.line(sol.id, LINE).await;
    assert!(stage.resolver.line(LINE).await.unwrap().is_some());
    stage.wire.cut();
    stage.resolver.forget();
    assert!(stage.resolver.line(LINE).await.unwrap().is_some());
    let unknown = stage.resolver.line("800000000000009").await;
    assert!(matches!(unknown, Err(ResolveError::Unavailable(_))));
    stage.wire.restore();
    stage.change_line(channel.id, renamed("otra")).await;
    stage.resolver.forget();
    let line = stage.resolver.line(LINE).await.unwrap().unwrap();
    assert_eq!(line.channel.display_name, "otra");
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_line_was_nobodys_is_not_believed_while_the_control_plane_is_down() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let paused = stage.line(sol.id, "800000000000002").await;
    stage.change_line(paused.id, switched(false)).await;
    for id in [LINE, "800000000000002"] {
        assert!(stage.resolver.line(id).await.unwrap().is_none());
    }
    // Both take messages from now on: to say that they do not would lose some.
    stage.line(sol.id, LINE).await;
    stage.change_line(paused.id, switched(true)).await;
    stage.wire.cut();
    stage.resolver.forget();
    for id in [LINE, "800000000000002"] {
        let answer = stage.resolver.line(id).await;
        assert!(
            matches!(answer, Err(ResolveError::Unavailable(_))),
            "{id}: {answer:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_was_removed_is_not_remembered() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let channel = stage.line(sol.id, LINE).await;
    assert!(stage.resolver.line(LINE).await.unwrap().is_some());
    let mut conn = stage.resolver.control().conn().await.unwrap();
    control::channel::delete_channel(
        &mut conn,
        channel.id,
        &crate::common::actor(),
        crate::common::at(1),
    )
    .await
    .unwrap();
    drop(conn);
    stage.resolver.forget();
    assert!(stage.resolver.line(LINE).await.unwrap().is_none());
    stage.wire.cut();
    stage.resolver.forget();
    assert!(stage.resolver.line(LINE).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_found_whether_active_or_not_and_under_its_new_number() {
    let stage = Stage::with(Limits {
        fresh: Duration::ZERO,
        ..limits()
    });
    let sol = stage.tenant("sol").await;
    let channel = stage.line(sol.id, LINE).await;
    let found = async || stage.resolver.line_of_channel(channel.id).await.unwrap();
    assert_eq!(found().await.unwrap().channel.phone_number_id, LINE);
    stage.change_line(channel.id, switched(false)).await;
    assert!(!found().await.unwrap().channel.is_active);
    assert!(stage.resolver.line(LINE).await.unwrap().is_none());
    let moved = ChannelChanges {
        phone_number_id: Some("800000000000002".to_owned()),
        ..ChannelChanges::default()
    };
    stage.change_line(channel.id, moved).await;
    assert_eq!(found().await.unwrap().channel.phone_number_id, "800000000000002");
    let nobody = stage.resolver.line_of_channel(pg::ChannelId::generate()).await;
    assert!(nobody.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_does_not_open_is_no_token_and_believes_no_signature() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let channel = stage.line(sol.id, LINE).await;
    let secret = ChannelChanges {
        app_secret: pg::Patch::Set("known-to-sol".into()),
        ..ChannelChanges::default()
    };
    stage.change_line(channel.id, secret).await;
    let other = stage.another("ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    let line = other.line(LINE).await.unwrap().unwrap();
    assert!(line.token.is_none());
    assert_ne!(line.app_secret.as_ref().unwrap().expose_secret(), "known-to-sol");
}
