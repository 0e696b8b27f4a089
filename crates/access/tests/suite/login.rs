//! Coming in with e-mail and password.

use access::{Choice, LoginError, Who};
use control::platform_user::seed_superadmin;
use tenant::user::Users;

use crate::common::{EMAIL, PASSWORD, Stage, at, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn the_right_password_lets_in_and_nothing_else_tells_why_not() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let entered = stage.login(" ANA@Clinic.example ", PASSWORD, None).await.unwrap();
    let Who::Member { tenant, user, .. } = &entered.who else {
        panic!("a SuperAdmin")
    };
    assert_eq!((tenant.tenant.id, user.id), (sol.id, sol.admin.id));
    assert!(stage.login(EMAIL, PASSWORD, Some("SOL")).await.is_ok());
    let mut conn = sol.db.conn().await.unwrap();
    let seen = Users::new(&mut conn).find(sol.admin.id).await.unwrap().unwrap();
    assert_eq!(seen.last_login_at, Some(at(10)));
    for (email, password, tenant) in [
        (EMAIL, "wrong horse", None),
        ("nobody@clinic.example", PASSWORD, None),
        (EMAIL, PASSWORD, Some("luna")),
    ] {
        let why = refusal(stage.login(email, password, tenant).await);
        assert!(matches!(why, LoginError::InvalidCredentials), "{why:?}");
    }
    sol.run("UPDATE users SET is_active = false").await;
    let why = refusal(stage.login(EMAIL, PASSWORD, None).await);
    assert!(matches!(why, LoginError::InvalidCredentials), "{why:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_company_says_so_only_to_whoever_has_its_password() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    stage.switch(&sol, false).await;
    let why = refusal(stage.login(EMAIL, PASSWORD, None).await);
    assert!(matches!(why, LoginError::TenantSuspended), "{why:?}");
    let why = refusal(stage.login(EMAIL, "wrong horse", None).await);
    assert!(matches!(why, LoginError::InvalidCredentials), "{why:?}");
    stage.switch(&sol, true).await;
    assert!(stage.login(EMAIL, PASSWORD, None).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_companies_only_those_that_the_password_fits_are_offered() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let luna = stage.company("luna", PASSWORD).await;
    let mar = stage.company("mar", "another password").await;
    let why = refusal(stage.login(EMAIL, PASSWORD, None).await);
    let LoginError::TenantRequired(choices) = why else {
        panic!("{why:?}")
    };
    let choice = |slug: &str| Choice {
        slug: slug.to_owned(),
        name: slug.to_owned(),
    };
    assert_eq!(choices, [choice("luna"), choice("sol")]);
    let entered = async |password: &str, tenant: Option<&str>| {
        let entered = stage.login(EMAIL, password, tenant).await.unwrap();
        entered.who.subject().tenant_id.unwrap()
    };
    assert_eq!(entered(PASSWORD, Some("luna")).await, luna.id);
    assert_eq!(entered("another password", None).await, mar.id);
    stage.switch(&luna, false).await;
    assert_eq!(entered(PASSWORD, None).await, sol.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bcrypt_hash_is_replaced_at_the_first_login() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let old = bcrypt::hash(PASSWORD, 4).unwrap();
    sol.run(&format!("UPDATE users SET password_hash = '{old}'"))
        .await;
    let hash = async || {
        let mut conn = sol.db.conn().await.unwrap();
        Users::new(&mut conn)
            .find(sol.admin.id)
            .await
            .unwrap()
            .unwrap()
            .password_hash
    };
    assert!(stage.login(EMAIL, "wrong horse", None).await.is_err());
    assert_eq!(hash().await, old);
    let entered = stage.login(EMAIL, PASSWORD, None).await.unwrap();
    assert_eq!(entered.who.session_version(), sol.admin.session_version);
    let new = hash().await;
    assert!(new.starts_with("$argon2id$"), "{new}");
    assert!(stage.login(EMAIL, PASSWORD, None).await.is_ok());
    assert_eq!(hash().await, new);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superadmin_comes_in_without_any_company() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    let mut conn = stage.resolver.control().conn().await.unwrap();
    let root = "root password".into();
    seed_superadmin(&mut conn, &EMAIL.parse().unwrap(), "Root", &root, at(0))
        .await
        .unwrap();
    drop(conn);
    let entered = stage.login(EMAIL, "root password", None).await.unwrap();
    assert!(matches!(entered.who, Who::Platform(_)));
    assert_eq!(entered.who.subject().tenant_id, None);
    // The same e-mail is also somebody of a company.
    let entered = stage.login(EMAIL, PASSWORD, None).await.unwrap();
    assert_eq!(entered.who.subject().tenant_id, Some(sol.id));
    let why = refusal(stage.login(EMAIL, "root password", Some("sol")).await);
    assert!(matches!(why, LoginError::InvalidCredentials), "{why:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_whose_database_is_away_is_not_ready_and_stops_no_other() {
    let stage = Stage::new();
    let sol = stage.company("sol", PASSWORD).await;
    sol.wire.cut();
    let why = refusal(stage.login(EMAIL, PASSWORD, None).await);
    assert!(matches!(why, LoginError::TenantNotReady(_)), "{why:?}");
    let luna = stage.company("luna", PASSWORD).await;
    let entered = stage.login(EMAIL, PASSWORD, None).await.unwrap();
    assert_eq!(entered.who.subject().tenant_id, Some(luna.id));
    sol.wire.restore();
    assert!(stage.login(EMAIL, PASSWORD, Some("sol")).await.is_ok());
}
