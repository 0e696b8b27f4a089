//! Tags: what they say of themselves when they change, and merging them.

use serde_json::json;
use tenant::user::Role;

use crate::{
    lines::{entry, text},
    test_app::TestApp,
};

async fn conversations(app: &TestApp, count: usize) -> Vec<String> {
    let line = &app.a.lines[0];
    for number in 0..count {
        let message = text(
            &format!("wamid.tags.{number}"),
            &format!("5917000000{number}"),
            "hola",
        );
        let entries = [entry(&app.a, line, &[message])];
        app.deliver_signed(line.secret(), &entries).await.expect(200);
    }
    let found = app.admin().await.items("/api/conversations").await;
    assert_eq!(found.len(), count);
    found
        .iter()
        .map(|conversation| conversation["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Three conversations: one with VIP, one with both, one with Oro; and the tags' ids.
async fn tagged(app: &TestApp) -> (Vec<String>, String, String) {
    let admin = app.admin().await;
    let all = conversations(app, 3).await;
    for (conversation, tags) in all
        .iter()
        .zip([json!(["VIP"]), json!(["VIP", "Oro"]), json!(["Oro"])])
    {
        let path = format!("/api/conversations/{conversation}/tags");
        admin.put(&path, &json!({ "tags": tags })).await.expect(200);
    }
    let tags = admin.items("/api/tags").await;
    let id = |name: &str| {
        let tag = tags.iter().find(|tag| tag["name"] == name).unwrap();
        tag["id"].as_str().unwrap().to_owned()
    };
    let (vip, oro) = (id("VIP"), id("Oro"));
    (all, vip, oro)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_tag_says_how_many_carry_it_and_a_merged_one_gives_them_away() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (all, vip_id, oro) = tagged(&app).await;
    let vip = format!("/api/tags/{vip_id}");
    let changed = admin
        .patch(&vip, &json!({ "color": "#ff8800" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&changed["name"], &changed["conversations"]),
        (&json!("VIP"), &json!(2))
    );

    let merge = format!("{vip}/merge");
    admin
        .post(&merge, &json!({ "into": vip_id }))
        .await
        .field("/into", "same_tag");
    let unknown = json!({ "into": "01920000-0000-7000-8000-000000000000" });
    admin.post(&merge, &unknown).await.field("/into", "unknown_tag");
    let into = json!({ "into": oro });
    app.member(Role::Recepcion)
        .await
        .post(&merge, &into)
        .await
        .problem(403, "forbidden");
    app.stranger()
        .await
        .post(&merge, &into)
        .await
        .problem(404, "not_found");
    let kept = admin.post(&merge, &into).await.expect(200).json();
    assert_eq!(
        (&kept["name"], &kept["conversations"]),
        (&json!("Oro"), &json!(3))
    );
    assert_eq!(admin.items("/api/tags").await.len(), 1);
    for conversation in &all {
        let shown = admin
            .get(&format!("/api/conversations/{conversation}"))
            .await
            .json();
        assert_eq!(shown["tags"][0]["name"], "Oro");
    }
    let told = &admin.items("/api/audit?action=tag.merged").await[0]["data"];
    assert_eq!(
        (
            &told["name"],
            &told["conversations"],
            &told["into"]["name"],
            &told["into"]["conversations"]
        ),
        (&json!("VIP"), &json!(2), &json!("Oro"), &json!(3))
    );
    admin.delete(&format!("/api/tags/{oro}")).await.expect(204);
    let told = &admin.items("/api/audit?action=tag.deleted").await[0]["data"];
    assert_eq!(
        (&told["name"], &told["conversations"]),
        (&json!("Oro"), &json!(3))
    );
}
