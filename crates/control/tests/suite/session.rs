//! Refresh tokens: rotation, reuse, races, revocation.

use control::session::{
    IssuedSession, REUSE_GRACE, RotateError, Rotated, SessionMeta, SessionSubject, Sessions, issue_session,
    revoke_by_token, revoke_user, rotate_session,
};
use crypto::ExposeSecret;
use pg::{Conn, Control};
use uuid::Uuid;

use crate::common::{Test, at, dump, tenant};

const ROOT: SessionSubject = SessionSubject {
    tenant_id: None,
    user_id: Uuid::from_u128(5),
};

async fn issue(conn: &mut Conn<Control>, subject: SessionSubject) -> IssuedSession {
    issue_session(conn, subject, &SessionMeta::default(), at(0))
        .await
        .unwrap()
}

async fn rotate(
    conn: &mut Conn<Control>,
    session: &IssuedSession,
    seconds: i64,
) -> Result<Rotated, RotateError> {
    let token = session.token.expose_secret();
    rotate_session(conn, token, &SessionMeta::default(), at(seconds)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_exchanged_for_the_next_of_its_family() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    let subject = SessionSubject {
        tenant_id: Some(sol.id),
        user_id: Uuid::from_u128(9),
    };
    let first = issue(&mut conn, subject).await;
    let second = rotate(&mut conn, &first, 60).await.unwrap();
    assert_eq!(second.subject, subject);
    assert_eq!(second.issued.family_id, first.family_id);
    assert_ne!(second.issued.token.expose_secret(), first.token.expose_secret());
    assert!(rotate(&mut conn, &second.issued, 120).await.is_ok());
    assert!(
        !dump(&mut conn, "sessions")
            .await
            .contains(first.token.expose_secret())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_token_ends_its_family_and_no_other() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let (stolen, elsewhere) = (issue(&mut conn, ROOT).await, issue(&mut conn, ROOT).await);
    let second = rotate(&mut conn, &stolen, 60).await.unwrap().issued;
    let late = 60 + REUSE_GRACE.num_seconds() + 1;
    assert!(matches!(
        rotate(&mut conn, &stolen, late).await,
        Err(RotateError::Reused)
    ));
    assert!(matches!(
        rotate(&mut conn, &second, late).await,
        Err(RotateError::Revoked)
    ));
    assert!(matches!(
        rotate(&mut conn, &stolen, late).await,
        Err(RotateError::Revoked)
    ));
    let mut sessions = Sessions::new(&mut conn);
    assert!(!sessions.family_is_active(stolen.family_id).await.unwrap());
    assert!(sessions.family_is_active(elsewhere.family_id).await.unwrap());
    assert!(rotate(&mut conn, &elsewhere, late).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn within_the_grace_a_second_tab_gets_a_sibling_but_does_not_extend_it() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let first = issue(&mut conn, ROOT).await;
    let one = rotate(&mut conn, &first, 60).await.unwrap().issued;
    let two = rotate(&mut conn, &first, 69).await.unwrap().issued;
    assert!(rotate(&mut conn, &one, 100).await.is_ok());
    assert!(rotate(&mut conn, &two, 100).await.is_ok());
    assert!(matches!(
        rotate(&mut conn, &first, 75).await,
        Err(RotateError::Reused)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_or_expired_token_is_refused() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let unknown = rotate_session(&mut conn, "made up\0", &SessionMeta::default(), at(0)).await;
    assert!(matches!(unknown, Err(RotateError::Unknown)));
    let first = issue(&mut conn, ROOT).await;
    let month = 30 * 24 * 3_600;
    assert!(matches!(
        rotate(&mut conn, &first, month).await,
        Err(RotateError::Expired)
    ));
    assert_eq!(
        Sessions::new(&mut conn)
            .delete_expired(at(month + 1))
            .await
            .unwrap(),
        1
    );
    assert!(matches!(
        rotate(&mut conn, &first, month).await,
        Err(RotateError::Unknown)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_ends_the_family_whichever_of_its_tokens_is_shown() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let first = issue(&mut conn, ROOT).await;
    let second = rotate(&mut conn, &first, 60).await.unwrap().issued;
    let old = first.token.expose_secret();
    assert!(revoke_by_token(&mut conn, old, at(61)).await.unwrap());
    assert!(!revoke_by_token(&mut conn, old, at(62)).await.unwrap());
    assert!(matches!(
        rotate(&mut conn, &second, 63).await,
        Err(RotateError::Revoked)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_a_users_sessions_spares_the_same_id_in_another_tenant() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let (sol, luna) = (tenant(&mut conn, "sol").await, tenant(&mut conn, "luna").await);
    let user_id = Uuid::from_u128(9);
    let [of_sol, of_luna, of_none] =
        [Some(sol.id), Some(luna.id), None].map(|tenant_id| SessionSubject { tenant_id, user_id });
    let (one, two, three) = (
        issue(&mut conn, of_sol).await,
        issue(&mut conn, of_luna).await,
        issue(&mut conn, of_none).await,
    );
    assert_eq!(revoke_user(&mut conn, of_sol, at(1)).await.unwrap(), 1);
    assert!(matches!(
        rotate(&mut conn, &one, 2).await,
        Err(RotateError::Revoked)
    ));
    assert!(rotate(&mut conn, &two, 2).await.is_ok());
    assert_eq!(revoke_user(&mut conn, of_none, at(3)).await.unwrap(), 1);
    assert!(matches!(
        rotate(&mut conn, &three, 4).await,
        Err(RotateError::Revoked)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tabs_at_once_all_go_on() {
    let test = Test::new();
    let first = issue(&mut test.conn().await, ROOT).await;
    let token = first.token.expose_secret().to_owned();
    let tabs: Vec<_> = (0..8)
        .map(|_tab| {
            let (db, token) = (test.db.clone(), token.clone());
            tokio::spawn(async move {
                let mut conn = db.conn().await.unwrap();
                rotate_session(&mut conn, &token, &SessionMeta::default(), at(60)).await
            })
        })
        .collect();
    for tab in tabs {
        assert_eq!(tab.await.unwrap().unwrap().issued.family_id, first.family_id);
    }
}

/// A thief and the user exchange old and new tokens while the family is being
/// revoked: whoever wins, nobody is left with a token that works.
#[tokio::test(flavor = "multi_thread")]
async fn no_token_slips_past_its_own_revocation() {
    let test = Test::new();
    for round in 0..20 {
        let mut conn = test.conn().await;
        let first = issue(&mut conn, ROOT).await;
        let second = rotate(&mut conn, &first, 0).await.unwrap().issued;
        drop(conn);
        let racers: Vec<_> = [&first, &second, &first, &second]
            .into_iter()
            .map(|session| {
                let (db, token) = (test.db.clone(), session.token.expose_secret().to_owned());
                tokio::spawn(async move {
                    let mut conn = db.conn().await.unwrap();
                    rotate_session(&mut conn, &token, &SessionMeta::default(), at(30)).await
                })
            })
            .collect();
        let mut given = Vec::new();
        for racer in racers {
            match racer.await.unwrap() {
                Ok(rotated) => given.push(rotated.issued),
                Err(error) => assert!(!matches!(error, RotateError::Db(_)), "{error:?}"),
            }
        }
        let mut conn = test.conn().await;
        for session in &given {
            let refused = rotate(&mut conn, session, 31).await;
            assert!(matches!(refused, Err(RotateError::Revoked)), "round {round}");
        }
    }
}
