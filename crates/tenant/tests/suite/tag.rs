//! Labels.

use pg::Patch;
use tenant::{
    conversation::{ChangeError, ConversationId, set_tags},
    tag::{SaveTagError, TagId, Tags, change_tag, create_tag, delete_tag},
    user::{Role, User},
};

use crate::common::{Test, at, rows};

async fn set(test: &Test, id: ConversationId, user: &User, names: &[&str]) -> Result<(), ChangeError> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    set_tags(&mut test.conn().await, id, &names, user.id, at(1)).await
}

async fn all(test: &Test) -> Vec<(String, i64)> {
    let found = Tags::new(&mut test.conn().await).list().await.unwrap();
    found.into_iter().map(|(tag, count)| (tag.name, count)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_taken_without_regard_to_case() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let mut tags = Tags::new(&mut conn);
    let vip = tags.insert(" VIP ", Some("#FFaa00")).await.unwrap();
    assert_eq!(
        (vip.name.as_str(), vip.color.as_deref()),
        ("VIP", Some("#ffaa00"))
    );
    assert!(matches!(
        tags.insert("vip", None).await,
        Err(SaveTagError::NameTaken)
    ));
    let other = tags.insert("Otra", None).await.unwrap();
    let refused = tags.update(other.id, Some("Vip"), Patch::Keep).await;
    assert!(matches!(refused, Err(SaveTagError::NameTaken)));
    let same = tags
        .update(vip.id, Some("vip"), Patch::Clear)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((same.name.as_str(), same.color), ("vip", None));
    assert!(
        tags.update(TagId::generate(), Some("x"), Patch::Keep)
            .await
            .unwrap()
            .is_none()
    );
    for name in ["", "  ", "a\0b", &"x".repeat(61)] {
        assert!(matches!(
            tags.insert(name, None).await,
            Err(SaveTagError::InvalidName)
        ));
    }
    for color in ["red", "#fff", "#ggaa00", "#ffaa00 "] {
        let refused = tags.insert("y", Some(color)).await;
        assert!(matches!(refused, Err(SaveTagError::InvalidColor)), "{color}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_tags_makes_unknown_ones_and_takes_the_others_away() {
    let test = Test::new();
    let (one, user) = test.thread("34600000001").await;
    let two = test.begun_by("34600000002").await;
    set(&test, one, &user, &["Vip", "vip", "Deuda"]).await.unwrap();
    set(&test, two, &user, &["VIP"]).await.unwrap();
    assert_eq!(all(&test).await, [("Deuda".to_owned(), 1), ("Vip".to_owned(), 2)]);
    set(&test, one, &user, &["Nueva"]).await.unwrap();
    let expected = [("Deuda", 0), ("Nueva", 1), ("Vip", 1)].map(|(name, n)| (name.to_owned(), n));
    assert_eq!(all(&test).await, expected);
    set(&test, one, &user, &[]).await.unwrap();
    let refused = set(&test, two, &user, &["Buena", " "]).await;
    assert!(matches!(
        refused,
        Err(ChangeError::Tag(SaveTagError::InvalidName))
    ));
    let expected = [("Deuda", 0), ("Nueva", 0), ("Vip", 1)].map(|(name, n)| (name.to_owned(), n));
    assert_eq!(all(&test).await, expected);
    let unknown = set(&test, ConversationId::generate(), &user, &["x"]).await;
    assert!(matches!(unknown, Err(ChangeError::Unknown)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_tag_is_found_by_whatever_the_database_calls_lower_case() {
    let test = Test::new();
    let (one, user) = test.thread("34600000001").await;
    for name in ["ÑANDÚ", "İstanbul", "ΣΊΣΥΦΟΣ"] {
        set(&test, one, &user, &[name]).await.unwrap();
        set(&test, one, &user, &[name]).await.unwrap();
    }
    assert_eq!(all(&test).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_make_the_same_tag_at_once_both_succeed() {
    let test = Test::new();
    let (one, user) = test.thread("34600000001").await;
    let two = test.begun_by("34600000002").await;
    for round in 0..10 {
        let name = format!("nueva {round}");
        let names = [name.as_str()];
        let (a, b) = tokio::join!(set(&test, one, &user, &names), set(&test, two, &user, &names));
        a.unwrap();
        b.unwrap();
        assert_eq!(all(&test).await.iter().find(|tag| tag.0 == name).unwrap().1, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_tag_is_gone_from_every_conversation() {
    let test = Test::new();
    let (one, user) = test.thread("34600000001").await;
    set(&test, one, &user, &["Vip"]).await.unwrap();
    let mut conn = test.conn().await;
    let id = Tags::new(&mut conn).list().await.unwrap()[0].0.id;
    assert!(Tags::new(&mut conn).delete(id).await.unwrap());
    assert!(!Tags::new(&mut conn).delete(id).await.unwrap());
    assert!(Tags::new(&mut conn).of(&[one]).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tags_change_and_who_made_it_are_kept_together_or_not_at_all() {
    let test = Test::new();
    let user = test.user(Role::Admin).await;
    let mut conn = test.conn().await;
    let tag = create_tag(&mut conn, "Vip", None, user.id, at(1)).await.unwrap();
    change_tag(&mut conn, tag.id, Some("Oro"), Patch::Keep, user.id, at(2))
        .await
        .unwrap();
    assert!(delete_tag(&mut conn, tag.id, user.id, at(3)).await.unwrap());
    assert!(!delete_tag(&mut conn, tag.id, user.id, at(4)).await.unwrap());
    let told = "SELECT action AS row FROM audit_log WHERE action LIKE 'tag.%' ORDER BY at";
    assert_eq!(
        rows(&mut conn, told).await,
        ["tag.created", "tag.updated", "tag.deleted"]
    );
    // Where the audit cannot be written, the tag is not made either.
    test.run("ALTER TABLE audit_log ADD CHECK (action <> 'tag.created') NOT VALID")
        .await;
    assert!(
        create_tag(&mut conn, "Plata", None, user.id, at(5))
            .await
            .is_err()
    );
    assert!(all(&test).await.is_empty());
}
