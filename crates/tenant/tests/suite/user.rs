//! The team, and whose the database is.

use pg::{Email, TenantId};
use tenant::{
    meta::{self, ClaimError, Contents},
    user::{NewUser, Role, SaveUserError, UserChanges, UserId, Users, create_user, seed_admin, update_user},
};

use crate::common::{Test, at};

fn demotion() -> UserChanges {
    UserChanges {
        role: Some(Role::Recepcion.into()),
        ..UserChanges::default()
    }
}

fn lock_out() -> UserChanges {
    UserChanges {
        is_active: Some(false),
        ..UserChanges::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_active_admin_stays_one() {
    let test = Test::new();
    let admin = test.user(Role::Admin).await;
    let other = test.user(Role::Admin).await;
    let mut conn = test.conn().await;
    update_user(&mut conn, other.id, lock_out(), None, at(1))
        .await
        .unwrap();
    for changes in [demotion(), lock_out()] {
        let refused = update_user(&mut conn, admin.id, changes, None, at(2)).await;
        assert!(matches!(refused, Err(SaveUserError::LastAdmin)));
    }
    // Who is locked out already may be demoted.
    update_user(&mut conn, other.id, demotion(), None, at(3))
        .await
        .unwrap();
    let unknown = update_user(&mut conn, UserId::generate(), demotion(), None, at(3)).await;
    assert!(matches!(unknown, Err(SaveUserError::Unknown)));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_admins_cannot_demote_each_other_at_once() {
    let test = Test::new();
    for round in 0..10 {
        let (one, two) = (test.user(Role::Admin).await, test.user(Role::Admin).await);
        // Only these two are admins.
        test.run(&format!(
            "UPDATE users SET role = 'caja' WHERE id NOT IN ('{}', '{}')",
            one.id, two.id
        ))
        .await;
        let demote = async |id| update_user(&mut test.conn().await, id, demotion(), None, at(1)).await;
        let (a, b) = tokio::join!(demote(one.id), demote(two.id));
        assert_eq!(
            usize::from(a.is_ok()) + usize::from(b.is_ok()),
            1,
            "round {round}"
        );
        let refused = a.err().or(b.err());
        assert!(matches!(refused, Some(SaveUserError::LastAdmin)), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_does_not_undo_a_lock_out_at_the_same_moment() {
    let test = Test::new();
    let user = test.user(Role::Recepcion).await;
    let mut conn = test.conn().await;
    let renamed = conn
        .transaction(async |tx| {
            let query = format!(
                "SELECT pg_advisory_xact_lock(1); UPDATE users SET is_active = false, \
                 session_version = session_version + 1 WHERE id = '{}'",
                user.id
            );
            diesel_async::SimpleAsyncConnection::batch_execute(&mut **tx, &query)
                .await
                .map_err(pg::DbError::from)?;
            let (db, id) = (test.db.clone(), user.id);
            let rename = tokio::spawn(async move {
                let changes = UserChanges {
                    name: Some("Otra".to_owned()),
                    ..UserChanges::default()
                };
                update_user(&mut db.conn().await.unwrap(), id, changes, None, at(1)).await
            });
            test.until_waiting(1).await;
            Ok::<_, pg::DbError>(rename)
        })
        .await
        .unwrap();
    let now = renamed.await.unwrap().unwrap();
    assert_eq!((now.name.as_str(), now.is_active), ("Otra", false));
    assert_eq!(now.session_version, user.session_version + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_is_one_persons_and_fields_are_checked() {
    let test = Test::new();
    let new = |email: &str, name: &str, password: &str| NewUser {
        name: name.to_owned(),
        email: email.parse().unwrap(),
        role: Role::Caja.into(),
        password: password.into(),
    };
    let mut conn = test.conn().await;
    let add = new("Ana@Clinic.example", " Ana ", "correct horse");
    let ana = create_user(&mut conn, add, None, at(0)).await.unwrap();
    assert_eq!(
        (ana.name.as_str(), ana.email.as_str()),
        ("Ana", "ana@clinic.example")
    );
    let add = new("ana@clinic.example", "Otra", "correct horse");
    let refused = create_user(&mut conn, add, None, at(0)).await;
    assert!(matches!(refused, Err(SaveUserError::EmailTaken)));
    for name in ["", "  ", "a\0b", &"x".repeat(121)] {
        let refused = create_user(&mut conn, new("b@c.example", name, "correct horse"), None, at(0)).await;
        assert!(matches!(refused, Err(SaveUserError::InvalidName)));
    }
    let refused = create_user(&mut conn, new("b@c.example", "B", "short"), None, at(0)).await;
    assert!(matches!(refused, Err(SaveUserError::Password(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn seeding_an_admin_again_changes_nothing_and_another_password_ends_the_sessions() {
    let test = Test::new();
    let email: Email = "admin@clinic.example".parse().unwrap();
    let seed = async |password: &str| {
        seed_admin(&mut test.conn().await, &email, "Admin", &password.into(), at(1))
            .await
            .unwrap()
    };
    let first = seed("correct horse").await;
    let again = seed("correct horse").await;
    assert_eq!(
        (first.id, first.session_version),
        (again.id, again.session_version)
    );
    assert_eq!(first.password_hash, again.password_hash);
    let changed = seed("battery staple").await;
    assert_eq!(changed.session_version, first.session_version + 1);
    assert_ne!(changed.password_hash, first.password_hash);
    // Seeding is also the way back in.
    let second = test.user(Role::Admin).await;
    let mut conn = test.conn().await;
    update_user(&mut conn, first.id, lock_out(), Some(second.id), at(2))
        .await
        .unwrap();
    update_user(&mut conn, first.id, demotion(), Some(second.id), at(2))
        .await
        .unwrap();
    let back = seed("battery staple").await;
    assert_eq!((back.is_active, back.role.is_admin()), (true, true));
    assert_eq!(Users::new(&mut conn).list(true).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_or_password_or_lock_out_ends_sessions_and_a_name_does_not() {
    let test = Test::new();
    test.user(Role::Admin).await;
    let user = test.user(Role::Caja).await;
    let mut conn = test.conn().await;
    let mut version = user.session_version;
    let rename = UserChanges {
        name: Some("Otra".to_owned()),
        role: Some(Role::Caja.into()),
        ..UserChanges::default()
    };
    let password = UserChanges {
        password: Some("battery staple".into()),
        ..UserChanges::default()
    };
    for (changes, ends) in [(rename, 0), (demotion(), 1), (password, 1), (lock_out(), 1)] {
        let now = update_user(&mut conn, user.id, changes, None, at(1))
            .await
            .unwrap();
        version += ends;
        assert_eq!(now.session_version, version);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgraded_hash_does_not_bring_an_old_password_back() {
    let test = Test::new();
    let user = test.user(Role::Admin).await;
    let mut conn = test.conn().await;
    let password = UserChanges {
        password: Some("battery staple".into()),
        ..UserChanges::default()
    };
    // The login compared the old password before it was changed, and comes to write now.
    let now = update_user(&mut conn, user.id, password, None, at(1))
        .await
        .unwrap();
    let upgraded = Some((user.password_hash.as_str(), "$argon2id$of-the-old-one"));
    Users::new(&mut conn)
        .logged_in(user.id, upgraded, at(2))
        .await
        .unwrap();
    let after = Users::new(&mut conn).find(user.id).await.unwrap().unwrap();
    assert_eq!(after.password_hash, now.password_hash);
    assert_eq!(after.last_login_at, Some(at(2)));
    let upgraded = Some((now.password_hash.as_str(), "new"));
    Users::new(&mut conn)
        .logged_in(user.id, upgraded, at(3))
        .await
        .unwrap();
    let after = Users::new(&mut conn).find(user.id).await.unwrap().unwrap();
    assert_eq!(after.password_hash, "new");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_claimed_by_one_tenant_for_good() {
    let test = Test::new();
    let (mine, other) = (TenantId::generate(), TenantId::generate());
    let mut conn = test.conn().await;
    assert_eq!(meta::owner(&mut conn).await.unwrap(), None);
    assert_eq!(meta::contents(&mut conn).await.unwrap(), Contents::Tenant);
    meta::claim(&mut conn, mine).await.unwrap();
    meta::claim(&mut conn, mine).await.unwrap();
    assert!(matches!(
        meta::claim(&mut conn, other).await,
        Err(ClaimError::OfAnother)
    ));
    assert_eq!(meta::owner(&mut conn).await.unwrap(), Some(mine));
}
