//! Roles as data: what they begin as, who may change them, and how far one reaches.

use tenant::{
    role::{
        ConversationScope, NewRole, Permission, Permissions, RoleChanges, Roles, SaveRoleError, TeamRole,
        create_role, delete_role, reset_role, update_role,
    },
    user::{NewUser, Role, SaveUserError, User, UserChanges, create_user, update_user},
};
use uuid::Uuid;

use crate::common::{Test, at};

fn set(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}

/// A role of the tenant's own, made by an admin.
async fn role(
    test: &Test,
    admin: &User,
    key: &str,
    permissions: &[Permission],
    conversations: ConversationScope,
) -> TeamRole {
    let new = NewRole {
        key: key.to_owned(),
        name: "Turno".to_owned(),
        permissions: set(permissions),
        conversations,
    };
    create_role(&mut test.conn().await, new, admin.id, at(1))
        .await
        .unwrap()
}

async fn with_role(test: &Test, role: &TeamRole) -> User {
    let new = NewUser {
        name: "Beto".to_owned(),
        email: format!("{}@clinic.example", Uuid::now_v7().simple())
            .parse()
            .unwrap(),
        role: role.key.clone(),
        password: "correct horse".into(),
    };
    create_user(&mut test.conn().await, new, None, at(1))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roles_of_the_beginning_are_those_that_putting_back_gives() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let found = Roles::new(&mut conn).list().await.unwrap();
    assert_eq!(found.len(), Role::ALL.len());
    for role in Role::ALL {
        let (found, _) = found
            .iter()
            .find(|(found, _)| found.key == (*role).into())
            .unwrap();
        assert_eq!(found.permissions(), set(role.permissions()), "{role}");
        assert_eq!(
            (found.name.as_str(), found.is_builtin, found.is_changed()),
            (role.name(), true, false)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_admin_may_do_is_no_matter_of_the_table() {
    let test = Test::new();
    let admin = test.user(Role::Admin).await;
    test.run("UPDATE roles SET permissions = '{}' WHERE key = 'admin'")
        .await;
    let mut conn = test.conn().await;
    let found = Roles::new(&mut conn)
        .find(&Role::Admin.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.permissions(), Permissions::all());
    let nothing = RoleChanges {
        permissions: Some(Permissions::default()),
        ..RoleChanges::default()
    };
    for refused in [
        update_role(&mut conn, &Role::Admin.into(), nothing, admin.id, at(1)).await,
        reset_role(&mut conn, &Role::Admin.into(), admin.id, at(1)).await,
    ] {
        assert!(matches!(refused, Err(SaveRoleError::Fixed)), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_may_be_changed_and_put_back_and_its_people_go_by_it() {
    let test = Test::new();
    let admin = test.user(Role::Admin).await;
    let doctor = test.user(Role::Doctor).await;
    let mut conn = test.conn().await;
    let changes = RoleChanges {
        name: Some(" Médico ".to_owned()),
        permissions: Some(set(&[Permission::ChatWrite])),
        conversations: Some(ConversationScope::Own),
    };
    let now = update_role(&mut conn, &Role::Doctor.into(), changes, admin.id, at(1))
        .await
        .unwrap();
    assert_eq!(
        now.permissions().names(),
        ["chat.read", "chat.write"],
        "writing implies reading"
    );
    let found = tenant::user::Users::new(&mut conn)
        .find(doctor.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.role, now);
    assert_eq!((now.name.as_str(), now.is_changed()), ("Médico", true));
    let back = reset_role(&mut conn, &Role::Doctor.into(), admin.id, at(2))
        .await
        .unwrap();
    assert_eq!(
        (back.is_changed(), back.name.as_str(), back.conversations),
        (false, "Doctor", ConversationScope::All)
    );
    let own = role(&test, &admin, "turno", &[], ConversationScope::Own).await;
    let refused = reset_role(&mut conn, &own.key, admin.id, at(2)).await;
    assert!(matches!(refused, Err(SaveRoleError::NotBuiltin)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_grants_what_he_lacks() {
    let test = Test::new();
    let admin = test.user(Role::Admin).await;
    let permissions = [Permission::ChatRead, Permission::UsersWrite];
    let lead = role(&test, &admin, "lead", &permissions, ConversationScope::Own).await;
    let small = role(
        &test,
        &admin,
        "small",
        &[Permission::ChatRead],
        ConversationScope::Own,
    )
    .await;
    let boss = with_role(&test, &lead).await;
    let mut conn = test.conn().await;

    let more = |permissions: &[Permission], conversations| NewRole {
        key: "more".to_owned(),
        name: "Más".to_owned(),
        permissions: set(permissions),
        conversations,
    };
    for new in [
        more(&[Permission::ChatWrite], ConversationScope::Own),
        more(&[Permission::ChatRead], ConversationScope::All),
    ] {
        let refused = create_role(&mut conn, new, boss.id, at(1)).await;
        assert!(matches!(refused, Err(SaveRoleError::BeyondOwn)), "{refused:?}");
    }
    for changes in [
        RoleChanges {
            permissions: Some(set(&[Permission::ChatRead, Permission::AuditRead])),
            ..RoleChanges::default()
        },
        RoleChanges {
            conversations: Some(ConversationScope::All),
            ..RoleChanges::default()
        },
    ] {
        let refused = update_role(&mut conn, &small.key, changes, boss.id, at(1)).await;
        assert!(matches!(refused, Err(SaveRoleError::BeyondOwn)), "{refused:?}");
    }
    // What he has himself he may take.
    let fewer = RoleChanges {
        permissions: Some(Permissions::default()),
        ..RoleChanges::default()
    };
    update_role(&mut conn, &small.key, fewer, boss.id, at(1))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_whoever_may_do_more() {
    let test = Test::new();
    let admin = test.user(Role::Admin).await;
    let permissions = [Permission::ChatRead, Permission::UsersWrite];
    let lead = role(&test, &admin, "lead", &permissions, ConversationScope::Own).await;
    let small = role(
        &test,
        &admin,
        "small",
        &[Permission::ChatRead],
        ConversationScope::Own,
    )
    .await;
    let boss = with_role(&test, &lead).await;
    let helper = with_role(&test, &small).await;
    let mut conn = test.conn().await;

    // Handing a greater role on, and taking a greater one's account over.
    let to = |role: Role| UserChanges {
        role: Some(role.into()),
        ..UserChanges::default()
    };
    let password = || UserChanges {
        password: Some("battery staple".into()),
        ..UserChanges::default()
    };
    for (id, changes) in [(helper.id, to(Role::Recepcion)), (admin.id, password())] {
        let refused = update_user(&mut conn, id, changes, Some(boss.id), at(1)).await;
        assert!(matches!(refused, Err(SaveUserError::BeyondOwn)), "{refused:?}");
    }
    let new = NewUser {
        name: "Eva".to_owned(),
        email: "eva@clinic.example".parse().unwrap(),
        role: Role::Admin.into(),
        password: "correct horse".into(),
    };
    let refused = create_user(&mut conn, new, Some(boss.id), at(1)).await;
    assert!(matches!(refused, Err(SaveUserError::BeyondOwn)), "{refused:?}");
    // Whoever has no more than he is his to manage.
    update_user(&mut conn, helper.id, password(), Some(boss.id), at(1))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_his_own_role_and_the_last_admin_stays() {
    let test = Test::new();
    let admin = test.user(Role::Admin).await;
    let lead = role(&test, &admin, "lead", Permission::ALL, ConversationScope::All).await;
    let boss = with_role(&test, &lead).await;
    let mut conn = test.conn().await;
    let changes = RoleChanges {
        name: Some("Otra".to_owned()),
        ..RoleChanges::default()
    };
    let refused = update_role(&mut conn, &lead.key, changes, boss.id, at(1)).await;
    assert!(matches!(refused, Err(SaveRoleError::Own)));
    let to = |role: Role| UserChanges {
        role: Some(role.into()),
        ..UserChanges::default()
    };
    let refused = update_user(&mut conn, boss.id, to(Role::Admin), Some(boss.id), at(1)).await;
    assert!(matches!(refused, Err(SaveUserError::OwnRole)));
    let refused = update_user(&mut conn, admin.id, to(Role::Caja), Some(boss.id), at(1)).await;
    assert!(matches!(refused, Err(SaveUserError::LastAdmin)));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_role_that_nobody_has_goes_away() {
    let test = Test::new();
    let admin = test.user(Role::Admin).await;
    let own = role(&test, &admin, "turno", &[], ConversationScope::All).await;
    let beto = with_role(&test, &own).await;
    let mut conn = test.conn().await;
    let refused = delete_role(&mut conn, &own.key, admin.id, at(2)).await;
    assert!(matches!(refused, Err(SaveRoleError::InUse(1))));
    let refused = delete_role(&mut conn, &Role::Caja.into(), admin.id, at(2)).await;
    assert!(matches!(refused, Err(SaveRoleError::Builtin)));
    let away = UserChanges {
        role: Some(Role::Caja.into()),
        ..UserChanges::default()
    };
    update_user(&mut conn, beto.id, away, Some(admin.id), at(2))
        .await
        .unwrap();
    delete_role(&mut conn, &own.key, admin.id, at(3)).await.unwrap();
    let refused = delete_role(&mut conn, &own.key, admin.id, at(3)).await;
    assert!(matches!(refused, Err(SaveRoleError::Unknown)));
    let gone = UserChanges {
        role: Some(own.key),
        ..UserChanges::default()
    };
    let refused = update_user(&mut conn, beto.id, gone, None, at(4)).await;
    assert!(matches!(refused, Err(SaveUserError::UnknownRole)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roles_fields_are_checked_and_its_key_is_one_roles() {
    let test = Test::new();
    let admin = test.user(Role::Admin).await;
    let mut conn = test.conn().await;
    let mut add = async |key: &str, name: &str| {
        let new = NewRole {
            key: key.to_owned(),
            name: name.to_owned(),
            permissions: Permissions::default(),
            conversations: ConversationScope::All,
        };
        create_role(&mut conn, new, admin.id, at(1)).await
    };
    for bad in ["", "Turno", "-a", "a b", "ñ", &"a".repeat(41)] {
        assert!(matches!(
            add(bad, "Turno").await,
            Err(SaveRoleError::InvalidKey(_))
        ));
    }
    for bad in ["", " ", "a\0b", &"x".repeat(121)] {
        assert!(matches!(add("turno", bad).await, Err(SaveRoleError::InvalidName)));
    }
    add("turno", "Turno").await.unwrap();
    for taken in ["turno", "admin"] {
        assert!(matches!(add(taken, "Turno").await, Err(SaveRoleError::KeyTaken)));
    }
    for place in 0..44 {
        add(&format!("r{place}"), "Turno").await.unwrap();
    }
    assert!(matches!(
        add("one-more", "Turno").await,
        Err(SaveRoleError::TooMany)
    ));
}
