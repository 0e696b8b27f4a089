//! SuperAdmins are seeded as often as one likes.

use control::{
    platform_user::{PlatformUsers, SeedOutcome, SeedSuperadminError, seed_superadmin},
    session::{RotateError, SessionMeta, SessionSubject, issue_session, rotate_session},
};
use crypto::{ExposeSecret, password};
use pg::Email;

use crate::common::{Test, at, dump};

#[tokio::test(flavor = "multi_thread")]
async fn seeding_again_changes_nothing_and_another_password_ends_the_sessions() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let email: Email = "Root@centralita.example".parse().unwrap();
    let (first, second) = ("first password".into(), "second password".into());
    let seeded = seed_superadmin(&mut conn, &email, "Root", &first, at(0))
        .await
        .unwrap();
    assert_eq!(seeded.outcome, SeedOutcome::Created);
    let again = seed_superadmin(&mut conn, &email, "Root", &first, at(1))
        .await
        .unwrap();
    assert_eq!(
        (again.outcome, again.user.id),
        (SeedOutcome::Unchanged, seeded.user.id)
    );

    let subject = SessionSubject {
        tenant_id: None,
        user_id: seeded.user.id.uuid(),
    };
    let session = issue_session(&mut conn, subject, &SessionMeta::default(), at(2))
        .await
        .unwrap();
    let changed = seed_superadmin(&mut conn, &email, "Root", &second, at(3))
        .await
        .unwrap();
    assert_eq!(changed.outcome, SeedOutcome::Changed);
    assert_eq!(changed.user.session_version, seeded.user.session_version + 1);
    assert_eq!(
        password::verify(&second, changed.user.password_hash()),
        password::Verdict::Right
    );
    let token = session.token.expose_secret();
    let ended = rotate_session(&mut conn, token, &SessionMeta::default(), at(4)).await;
    assert!(matches!(ended, Err(RotateError::Revoked)));
    assert!(!dump(&mut conn, "audit_log").await.contains("password"));
    assert!(!format!("{:?}", changed.user).contains("argon2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_password_seeds_nobody() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let email: Email = "root@centralita.example".parse().unwrap();
    let refused = seed_superadmin(&mut conn, &email, "Root", &"short".into(), at(0)).await;
    assert!(matches!(refused, Err(SeedSuperadminError::WeakPassword(_))));
    assert!(
        PlatformUsers::new(&mut conn)
            .find_by_email(&email)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_in_leaves_its_time_and_may_renew_the_hash() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let email: Email = "root@centralita.example".parse().unwrap();
    let seeded = seed_superadmin(&mut conn, &email, "Root", &"first password".into(), at(0))
        .await
        .unwrap();
    let id = seeded.user.id;
    let mut users = PlatformUsers::new(&mut conn);
    users.touch_login(id, at(5)).await.unwrap();
    users.set_password_hash(id, "$argon2id$new", at(6)).await.unwrap();
    assert_eq!(users.bump_session_version(id, at(7)).await.unwrap(), Some(2));
    let user = users.find(id).await.unwrap().unwrap();
    assert_eq!(
        (user.last_login_at, user.password_hash()),
        (Some(at(5)), "$argon2id$new")
    );
}
