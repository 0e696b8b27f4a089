//! The team and the directory.

use access::{LoginError, RefreshError, refresh, team};
use control::session::SessionMeta;
use crypto::ExposeSecret;
use tenant::user::{NewUser, Role, SaveUserError, UserChanges};

use crate::common::{PASSWORD, Stage, at, refusal};

fn eva() -> NewUser {
    NewUser {
        name: "Eva".to_owned(),
        email: "eva@clinic.example".parse().unwrap(),
        role: Role::Recepcion.into(),
        password: PASSWORD.into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_added_can_log_in_and_a_new_password_ends_what_was_open() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let handle = stage.handle(&sol).await;
    let user = team::add(&stage.resolver, &handle, eva(), Some(sol.admin.id), at(1))
        .await
        .unwrap();
    let entered = stage.login("eva@clinic.example", PASSWORD, None).await.unwrap();
    let taken = team::add(&stage.resolver, &handle, eva(), None, at(2)).await;
    assert!(matches!(
        taken,
        Err(team::TeamError::Save(SaveUserError::EmailTaken))
    ));
    let changes = UserChanges {
        password: Some("battery staple".into()),
        ..UserChanges::default()
    };
    team::change(&stage.resolver, &handle, user.id, changes, None, at(3))
        .await
        .unwrap();
    let open = entered.session.token.expose_secret();
    let ended = refresh(&stage.resolver, open, &SessionMeta::default(), at(20)).await;
    assert!(matches!(ended, Err(RefreshError::Ended)));
    let why = refusal(stage.login("eva@clinic.example", PASSWORD, None).await);
    assert!(matches!(why, LoginError::InvalidCredentials));
    assert!(
        stage
            .login("eva@clinic.example", "battery staple", None)
            .await
            .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_added_while_the_directory_was_away_is_entered_by_trying_again() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let handle = stage.handle(&sol).await;
    assert!(handle.db().await.is_ok());
    stage.wire.cut();
    let half = team::add(&stage.resolver, &handle, eva(), None, at(1)).await;
    assert!(matches!(half, Err(team::TeamError::Db(_))));
    stage.wire.restore();
    let again = team::add(&stage.resolver, &handle, eva(), None, at(2)).await;
    assert!(matches!(
        again,
        Err(team::TeamError::Save(SaveUserError::EmailTaken))
    ));
    assert!(stage.login("eva@clinic.example", PASSWORD, None).await.is_ok());
}
