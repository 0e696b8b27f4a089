//! Staying in.

use access::{LoggedIn, RefreshError, logout, refresh};
use control::session::SessionMeta;
use crypto::ExposeSecret;

use crate::common::{EMAIL, PASSWORD, Stage, at};

async fn next(stage: &Stage, entered: &LoggedIn, seconds: i64) -> Result<LoggedIn, RefreshError> {
    let token = entered.session.token.expose_secret();
    refresh(&stage.resolver, token, &SessionMeta::default(), at(seconds)).await
}

fn ended(result: &Result<LoggedIn, RefreshError>) -> bool {
    matches!(result, Err(RefreshError::Ended))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_token_is_good_once_and_a_copied_one_ends_the_session() {
    let stage = Stage::new();
    let _sol = stage.company("sol", PASSWORD).await;
    let first = stage.login(EMAIL, PASSWORD, None).await.unwrap();
    let second = next(&stage, &first, 60).await.unwrap();
    assert_eq!(second.session.family_id, first.session.family_id);
    let third = next(&stage, &second, 120).await.unwrap();
    assert!(ended(&next(&stage, &first, 180).await));
    assert!(ended(&next(&stage, &third, 181).await));
    let made_up = refresh(&stage.resolver, "made up\0", &SessionMeta::default(), at(1)).await;
    assert!(ended(&made_up));
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_ends_the_session() {
    let stage = Stage::new();
    let _sol = stage.company("sol", PASSWORD).await;
    let entered = stage.login(EMAIL, PASSWORD, None).await.unwrap();
    let token = entered.session.token.expose_secret();
    logout(&stage.resolver, token, at(20)).await.unwrap();
    logout(&stage.resolver, "unknown", at(20)).await.unwrap();
    assert!(ended(&next(&stage, &entered, 30).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_locked_out_or_whose_company_is_suspended_does_not_stay() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let one = stage.login(EMAIL, PASSWORD, None).await.unwrap();
    let two = stage.login(EMAIL, PASSWORD, None).await.unwrap();
    stage.switch(&sol, false).await;
    assert!(ended(&next(&stage, &one, 60).await));
    stage.switch(&sol, true).await;
    sol.run("UPDATE users SET is_active = false").await;
    assert!(ended(&next(&stage, &two, 60).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_companys_database_logs_nobody_out() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let entered = stage.login(EMAIL, PASSWORD, None).await.unwrap();
    sol.wire.cut();
    for seconds in [60, 70, 90] {
        let away = next(&stage, &entered, seconds).await;
        assert!(matches!(away, Err(RefreshError::Resolve(_))));
    }
    sol.wire.restore();
    assert!(next(&stage, &entered, 120).await.is_ok());
}
