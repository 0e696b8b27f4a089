//! Who else is at a desk, and at the same conversation.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tenant::user::{Permission, Role};

use crate::{
    caller::Caller,
    socket::{Socket, opened, opened_at},
    test_app::TestApp,
};

async fn name_of(caller: &Caller) -> (String, String) {
    let me = caller.get("/api/me").await.expect(200).json();
    let of = |key: &str| me["user"][key].as_str().unwrap().to_owned();
    (of("id"), of("name"))
}

fn look(conversation: Option<&str>, typing: bool) -> Value {
    json!({ "type": "look", "conversation_id": conversation, "typing": typing })
}

/// The people of the next frame about the conversation in which there are as many.
async fn others(socket: &mut Socket, conversation: &str, count: usize) -> Value {
    loop {
        let here = socket.next_of("here").await;
        assert_eq!(here["conversation_id"], conversation);
        if here["people"].as_array().unwrap().len() == count {
            return here["people"].clone();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_one_conversation_hear_of_each_other() {
    let app = TestApp::start().await;
    let conversation = app.customer_writes(0, "hola").await;
    let (ana, luis) = (app.member(Role::Recepcion).await, app.admin().await);
    let (luis_id, luis_name) = name_of(&luis).await;
    let mut hers = opened(&app, &ana, "").await;
    hers.say(&look(Some(&conversation), false)).await;
    others(&mut hers, &conversation, 0).await;
    let mut his = opened(&app, &luis, "").await;
    his.say(&look(Some(&conversation), true)).await;
    let there = json!([{ "id": luis_id, "name": luis_name, "typing": true }]);
    assert_eq!(others(&mut hers, &conversation, 1).await, there);
    assert_eq!(others(&mut his, &conversation, 1).await[0]["typing"], false);
    his.say(&look(Some(&conversation), false)).await;
    assert_eq!(others(&mut hers, &conversation, 1).await[0]["typing"], false);
    // Whoever looks elsewhere, and whoever hangs up, is not there any more.
    his.say(&look(None, false)).await;
    others(&mut hers, &conversation, 0).await;
    his.say(&look(Some(&conversation), true)).await;
    others(&mut hers, &conversation, 1).await;
    drop(his);
    others(&mut hers, &conversation, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_in_two_tabs_is_one_and_no_company_to_oneself() {
    let app = TestApp::start().await;
    let conversation = app.customer_writes(0, "hola").await;
    let (ana, luis) = (app.member(Role::Recepcion).await, app.admin().await);
    let mut hers = opened(&app, &ana, "").await;
    let mut tabs = Vec::new();
    for typing in [true, false] {
        let mut tab = opened(&app, &luis, "").await;
        tab.say(&look(Some(&conversation), typing)).await;
        others(&mut tab, &conversation, 0).await;
        tabs.push(tab);
    }
    hers.say(&look(Some(&conversation), false)).await;
    let online = hers.next_of("online").await;
    assert_eq!(online["people"].as_array().unwrap().len(), 2);
    let seen = others(&mut hers, &conversation, 1).await;
    assert_eq!(seen[0]["typing"], true, "one of his tabs writes");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_of_another_server_are_seen_and_of_another_company_are_not() {
    let mut app = TestApp::start().await;
    let other = app.later(TimeDelta::zero()).await;
    let conversation = app.customer_writes(0, "hola").await;
    let (ana, luis, stranger) = (
        app.member(Role::Recepcion).await,
        app.admin().await,
        app.stranger().await,
    );
    let (luis_id, _) = name_of(&luis).await;
    let mut hers = opened(&app, &ana, "").await;
    hers.say(&look(Some(&conversation), false)).await;
    others(&mut hers, &conversation, 0).await;
    let mut theirs = opened(&app, &stranger, "").await;
    theirs.say(&look(Some(&conversation), true)).await;
    let online = theirs.next_of("online").await;
    assert_eq!(online["people"].as_array().unwrap().len(), 1);
    let mut his = opened_at(&other, &luis).await;
    his.say(&look(Some(&conversation), true)).await;
    let seen = others(&mut hers, &conversation, 1).await;
    assert_eq!(seen[0]["id"], luis_id);
    drop(his);
    others(&mut hers, &conversation, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_see_a_conversation_hears_of_nobody_there() {
    let app = TestApp::start().await;
    let every: Vec<&str> = Permission::ALL.iter().map(|one| one.as_str()).collect();
    app.role("propias", "own", &every).await;
    let ana = app.with_role("propias", "ana@clinica.example").await;
    let admin = app.admin().await;
    let conversation = app.customer_writes(0, "hola").await;
    let mut hers = opened(&app, &ana, "").await;
    let mut his = opened(&app, &admin, "").await;
    his.say(&look(Some(&conversation), true)).await;
    hers.say(&look(Some(&conversation), true)).await;
    others(&mut hers, &conversation, 1).await;
    others(&mut his, &conversation, 1).await;
    let (admin_id, _) = name_of(&admin).await;
    let path = format!("/api/conversations/{conversation}");
    let change = json!({ "assignee_id": admin_id });
    admin.patch(&path, &change).await.expect(200);
    // It left her sight: she is not shown there, nor told who is.
    others(&mut his, &conversation, 0).await;
    hers.say(&look(Some(&conversation), true)).await;
    his.say(&look(Some(&conversation), false)).await;
    his.say(&look(None, false)).await;
    hers.say(&look(None, false)).await;
    let mine = app.customer_writes(1, "otra").await;
    hers.say(&look(Some(&mine), false)).await;
    let next = hers.next_of("here").await;
    assert_eq!(next["conversation_id"], mine, "nothing about the other one");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_passed_over() {
    let app = TestApp::start().await;
    let conversation = app.customer_writes(0, "hola").await;
    let mut socket = opened(&app, &app.admin().await, "").await;
    for said in [
        json!("look"),
        json!({ "type": "jump" }),
        look(Some("everything"), true),
        json!([]),
    ] {
        socket.say(&said).await;
    }
    socket.say(&look(Some(&conversation), false)).await;
    others(&mut socket, &conversation, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_whether_the_line_stands_is_answered() {
    let app = TestApp::start().await;
    let mut socket = opened(&app, &app.admin().await, "").await;
    let hello = socket.next_of("hello").await;
    socket.say(&json!({ "type": "ping" })).await;
    assert_eq!(socket.next_of("pong").await["seq"], hello["seq"]);
}
