//! Still let in?

use std::time::Duration;

use access::{Current, Guard, LoggedIn, Who};
use tenant::user::{Role, UserChanges};

use crate::common::{EMAIL, PASSWORD, Stage, at};

fn current(entered: &LoggedIn) -> Current {
    Current {
        subject: entered.who.subject(),
        family: entered.session.family_id,
        session_version: entered.who.session_version(),
        is_impersonation: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_bites_at_once_after_forgetting_and_soon_without() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let entered = stage.login(EMAIL, PASSWORD, None).await.unwrap();
    let guard = Guard::new(stage.resolver.clone());
    let bearer = current(&entered);
    assert!(matches!(
        guard.admit(bearer, at(30)).await.unwrap(),
        Some(Who::Member { .. })
    ));
    sol.run("UPDATE users SET is_active = false").await;
    guard.forget(bearer.subject).await;
    assert!(guard.admit(bearer, at(30)).await.unwrap().is_none());
    sol.run("UPDATE users SET is_active = true").await;
    guard.forget(bearer.subject).await;
    assert!(guard.admit(bearer, at(30)).await.unwrap().is_some());
    // On another server nobody tells the guard.
    sol.run("UPDATE users SET is_active = false").await;
    let bites = async { while guard.admit(bearer, at(30)).await.unwrap().is_some() {} };
    tokio::time::timeout(Duration::from_secs(30), bites)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_or_a_suspension_or_an_ended_session_admits_no_more() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let helper = tenant::user::NewUser {
        name: "Eva".to_owned(),
        email: "eva@clinic.example".parse().unwrap(),
        role: Role::Caja.into(),
        password: PASSWORD.into(),
    };
    let handle = stage.handle(&sol).await;
    let eva = access::team::add(&stage.resolver, &handle, helper, None, at(1))
        .await
        .unwrap();
    let entered = stage.login("eva@clinic.example", PASSWORD, None).await.unwrap();
    let guard = Guard::new(stage.resolver.clone());
    let bearer = current(&entered);
    assert!(guard.admit(bearer, at(30)).await.unwrap().is_some());
    let changes = UserChanges {
        role: Some(Role::Doctor.into()),
        ..UserChanges::default()
    };
    access::team::change(
        &stage.resolver,
        &handle,
        eva.id,
        changes,
        Some(sol.admin.id),
        at(2),
    )
    .await
    .unwrap();
    guard.forget(bearer.subject).await;
    assert!(guard.admit(bearer, at(30)).await.unwrap().is_none());
    let again = stage.login("eva@clinic.example", PASSWORD, None).await.unwrap();
    let bearer = current(&again);
    assert!(guard.admit(bearer, at(30)).await.unwrap().is_some());
    stage.switch(&sol, false).await;
    guard.forget(bearer.subject).await;
    assert!(guard.admit(bearer, at(30)).await.unwrap().is_none());
    stage.switch(&sol, true).await;
    guard.forget(bearer.subject).await;
    assert!(guard.admit(bearer, at(30)).await.unwrap().is_some());
    let token = crypto::ExposeSecret::expose_secret(&again.session.token).to_owned();
    access::logout(&stage.resolver, &token, at(20)).await.unwrap();
    guard.forget_sessions();
    assert!(guard.admit(bearer, at(30)).await.unwrap().is_none());
    // Somebody of another company with the same id is somebody else.
    let luna = stage.company("luna", PASSWORD).await;
    let stranger = Current {
        subject: control::session::SessionSubject {
            tenant_id: Some(luna.id),
            ..bearer.subject
        },
        ..current(&stage.login("eva@clinic.example", PASSWORD, None).await.unwrap())
    };
    assert!(guard.admit(stranger, at(30)).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_companys_database_is_away_nobody_can_tell() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let entered = stage.login(EMAIL, PASSWORD, None).await.unwrap();
    sol.wire.cut();
    let guard = Guard::new(stage.resolver.clone());
    assert!(guard.admit(current(&entered), at(30)).await.is_err());
    sol.wire.restore();
    assert!(guard.admit(current(&entered), at(30)).await.unwrap().is_some());
}
