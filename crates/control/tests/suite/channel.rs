//! Lines: uniqueness, secrets, the default, what the audit log says.

use control::{
    Patch,
    audit::{Audit, AuditFilter},
    channel::{
        Channel, ChannelChanges, Channels, CreateChannelError, DeleteChannelError, InvalidChannel,
        UpdateChannelError, create_channel, delete_channel, update_channel,
    },
    unrouted::{Unrouted, UnroutedHit},
};
use crypto::{ExposeSecret, OpenError, SecretString};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, Control, TenantId};

use crate::common::{Test, actor, at, dump, keyring, line, page, tenant};

async fn create(conn: &mut Conn<Control>, tenant_id: TenantId, id: &str) -> Channel {
    create_channel(conn, &keyring(), tenant_id, line(id), &actor(), at(0))
        .await
        .unwrap()
}

async fn change(conn: &mut Conn<Control>, id: ChannelId, changes: ChannelChanges) -> Channel {
    update_channel(conn, &keyring(), id, changes, &actor(), at(9))
        .await
        .unwrap()
}

fn text(secret: Option<SecretString>) -> Option<String> {
    secret.map(|secret| secret.expose_secret().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_cannot_be_taken_over_by_another_tenant() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let (sol, luna) = (tenant(&mut conn, "sol").await, tenant(&mut conn, "luna").await);
    let line_of_sol = create(&mut conn, sol.id, "10001").await;
    let line_of_luna = create(&mut conn, luna.id, "20001").await;

    let again = create_channel(&mut conn, &keyring(), luna.id, line(" 10001 "), &actor(), at(1)).await;
    assert!(matches!(again, Err(CreateChannelError::PhoneNumberIdTaken)));
    let renamed = ChannelChanges {
        phone_number_id: Some("10001".to_owned()),
        ..Default::default()
    };
    let renamed = update_channel(&mut conn, &keyring(), line_of_luna.id, renamed, &actor(), at(1)).await;
    assert!(matches!(renamed, Err(UpdateChannelError::PhoneNumberIdTaken)));

    let mut channels = Channels::new(&mut conn);
    assert_eq!(
        channels.find_by_phone_number_id("10001").await.unwrap(),
        Some(line_of_sol)
    );
    assert_eq!(
        channels.list_by_tenant(luna.id).await.unwrap(),
        std::slice::from_ref(&line_of_luna)
    );
    assert_eq!(channels.find(line_of_luna.id).await.unwrap(), Some(line_of_luna));
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_sealed_for_their_own_row_and_column() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    let mut wanted = line("10001");
    wanted.wa_token = Some("EAABtokenvalue".into());
    wanted.app_secret = Some("appsecretvalue".into());
    wanted.verify_token = Some("verifyvalue".into());
    let created = create_channel(&mut conn, &keyring(), sol.id, wanted, &actor(), at(0))
        .await
        .unwrap();
    assert_eq!(
        text(created.token(&keyring()).unwrap()).as_deref(),
        Some("EAABtokenvalue")
    );
    assert_eq!(
        text(created.app_secret(&keyring()).unwrap()).as_deref(),
        Some("appsecretvalue")
    );
    assert!(!format!("{created:?}").contains("v2:"));
    for table in ["channels", "audit_log"] {
        let dump = dump(&mut conn, table).await;
        for secret in ["EAABtokenvalue", "appsecretvalue", "verifyvalue"] {
            assert!(!dump.contains(secret), "{table}");
        }
    }
    diesel::sql_query("UPDATE channels SET app_secret_sealed = wa_token_sealed")
        .execute(&mut *conn)
        .await
        .unwrap();
    let moved = Channels::new(&mut conn).find(created.id).await.unwrap().unwrap();
    assert_eq!(moved.app_secret(&keyring()).unwrap_err(), OpenError::Refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_keeps_sets_or_clears_each_secret_and_the_log_says_which() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    let mut wanted = line("10001");
    wanted.wa_token = Some("EAABold".into());
    wanted.app_secret = Some("kept".into());
    wanted.verify_token = Some("hola".into());
    let created = create_channel(&mut conn, &keyring(), sol.id, wanted, &actor(), at(0))
        .await
        .unwrap();
    assert_eq!(Channels::new(&mut conn).unsigned_count().await.unwrap(), 0);

    let changes = ChannelChanges {
        wa_token: Patch::Set("EAABnew".into()),
        verify_token: Patch::Clear,
        waba_id: Patch::Clear,
        ..Default::default()
    };
    let line = change(&mut conn, created.id, changes).await;
    assert_eq!(text(line.token(&keyring()).unwrap()).as_deref(), Some("EAABnew"));
    assert_eq!(
        text(line.app_secret(&keyring()).unwrap()).as_deref(),
        Some("kept")
    );
    assert!(!line.has_verify_token());
    assert_eq!((line.waba_id, line.display_name), (None, created.display_name));

    let log = Audit::new(&mut conn)
        .list(&AuditFilter::default(), &page(1))
        .await
        .unwrap()
        .items;
    let expected = serde_json::json!({
        "wa_token": "set",
        "verify_token": "cleared",
        "waba_id": { "from": "1020304050", "to": null },
    });
    assert_eq!(
        (log[0].action.as_str(), &log[0].data),
        ("channel.updated", &expected)
    );

    let cleared = ChannelChanges {
        app_secret: Patch::Clear,
        ..Default::default()
    };
    assert!(!change(&mut conn, created.id, cleared).await.has_app_secret());
    assert_eq!(Channels::new(&mut conn).unsigned_count().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_has_at_most_one_default_line() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let (sol, luna) = (tenant(&mut conn, "sol").await, tenant(&mut conn, "luna").await);
    let first = create(&mut conn, sol.id, "10001").await;
    let second = create(&mut conn, sol.id, "10002").await;
    let other = create(&mut conn, luna.id, "20001").await;
    assert_eq!(
        (first.is_default, second.is_default, other.is_default),
        (true, false, true)
    );

    let make_default = || ChannelChanges {
        is_default: Some(true),
        ..Default::default()
    };
    assert!(change(&mut conn, second.id, make_default()).await.is_default);
    let mut third = line("10003");
    third.is_default = true;
    create_channel(&mut conn, &keyring(), sol.id, third, &actor(), at(1))
        .await
        .unwrap();
    let mut channels = Channels::new(&mut conn);
    let marks: Vec<bool> = channels
        .list_by_tenant(sol.id)
        .await
        .unwrap()
        .iter()
        .map(|line| line.is_default)
        .collect();
    assert_eq!(marks, [false, false, true]);
    assert!(channels.find(other.id).await.unwrap().unwrap().is_default);
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_ask_for_the_mark_at_once_end_with_one_default() {
    let test = Test::new();
    let sol = tenant(&mut test.conn().await, "sol").await;
    let creating: Vec<_> = (0..8)
        .map(|n| {
            let db = test.db.clone();
            tokio::spawn(async move {
                let mut wanted = line(&format!("1000{n}"));
                wanted.is_default = n % 2 == 0;
                let mut conn = db.conn().await.unwrap();
                create_channel(&mut conn, &keyring(), sol.id, wanted, &actor(), at(n))
                    .await
                    .unwrap();
            })
        })
        .collect();
    for created in creating {
        created.await.unwrap();
    }
    let mut conn = test.conn().await;
    let lines = Channels::new(&mut conn).list_by_tenant(sol.id).await.unwrap();
    assert_eq!(lines.len(), 8);
    assert_eq!(lines.iter().filter(|line| line.is_default).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verify_token_is_found_by_its_digest_while_its_line_is_active() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    let mut wanted = line("10001");
    wanted.verify_token = Some("hola mundo".into());
    let created = create_channel(&mut conn, &keyring(), sol.id, wanted, &actor(), at(0))
        .await
        .unwrap();
    let (right, wrong) = (crypto::token::digest("hola mundo"), crypto::token::digest("hola"));
    let mut channels = Channels::new(&mut conn);
    assert!(channels.any_with_verify_token(&right).await.unwrap());
    assert!(!channels.any_with_verify_token(&wrong).await.unwrap());
    let suspend = ChannelChanges {
        is_active: Some(false),
        ..Default::default()
    };
    change(&mut conn, created.id, suspend).await;
    assert!(
        !Channels::new(&mut conn)
            .any_with_verify_token(&right)
            .await
            .unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_a_line_forgets_that_it_was_unknown() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    let hit = UnroutedHit {
        phone_number_id: "10001".to_owned(),
        waba_id: None,
        display_phone_number: None,
    };
    Unrouted::new(&mut conn).record(&[hit], at(0)).await.unwrap();
    let created = create(&mut conn, sol.id, "10001").await;
    assert!(
        Unrouted::new(&mut conn)
            .list(&page(10))
            .await
            .unwrap()
            .items
            .is_empty()
    );

    delete_channel(&mut conn, created.id, &actor(), at(1))
        .await
        .unwrap();
    let gone = delete_channel(&mut conn, created.id, &actor(), at(2)).await;
    assert!(matches!(gone, Err(DeleteChannelError::UnknownChannel)));
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_do_not_fit_are_refused_by_name() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    let refused = create_channel(
        &mut conn,
        &keyring(),
        sol.id,
        line("+51987654321"),
        &actor(),
        at(0),
    )
    .await;
    assert!(matches!(
        refused,
        Err(CreateChannelError::Invalid(InvalidChannel::PhoneNumberId))
    ));
    let created = create(&mut conn, sol.id, "10001").await;
    let changes = ChannelChanges {
        app_secret: Patch::Set("".into()),
        ..Default::default()
    };
    let refused = update_channel(&mut conn, &keyring(), created.id, changes, &actor(), at(0)).await;
    assert!(matches!(refused, Err(UpdateChannelError::Invalid(field)) if field.field() == "app_secret"));
}
