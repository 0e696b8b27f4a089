//! The socket that tells what happened.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tenant::user::Role;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest, http::Response},
};

use crate::{
    caller::Caller,
    lines::{CUSTOMER, entry, text},
    test_app::TestApp,
};

/// How a token comes along.
#[derive(Clone, Copy)]
enum By {
    Header,
    Subprotocol,
    Nothing,
}

pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    response: Response<Option<Vec<u8>>>,
}

async fn open(app: &TestApp, caller: &Caller, by: By, query: &str) -> Result<Socket, tungstenite::Error> {
    open_at(&app.url, caller, by, query).await
}

async fn open_at(url: &str, caller: &Caller, by: By, query: &str) -> Result<Socket, tungstenite::Error> {
    let url = format!("{}/api/events{query}", url.replace("http://", "ws://"));
    let mut request = url.into_client_request().unwrap();
    let token = caller.token.clone().unwrap_or_default();
    let (name, value) = match by {
        By::Header => ("Authorization", format!("Bearer {token}")),
        By::Subprotocol => ("Sec-WebSocket-Protocol", format!("centralita.v1, bearer.{token}")),
        By::Nothing => ("Accept", "*/*".to_owned()),
    };
    request.headers_mut().insert(name, value.parse().unwrap());
    let (stream, response) = connect_async(request).await?;
    Ok(Socket { stream, response })
}

pub async fn opened(app: &TestApp, caller: &Caller, query: &str) -> Socket {
    open(app, caller, By::Header, query).await.unwrap()
}

/// The same with another of its servers.
pub async fn opened_at(url: &str, caller: &Caller) -> Socket {
    open_at(url, caller, By::Header, "").await.unwrap()
}

/// The status and code with which the handshake was refused.
async fn refused(app: &TestApp, caller: &Caller, by: By) -> (u16, Value) {
    match open(app, caller, by, "").await {
        Err(tungstenite::Error::Http(response)) => {
            let body: Value = serde_json::from_slice(response.body().as_ref().unwrap()).unwrap();
            (response.status().as_u16(), body["code"].clone())
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was let in"),
    }
}

impl Socket {
    /// The next frame of ours; pings are answered on the way.
    pub async fn next(&mut self) -> Value {
        loop {
            match self.message().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Says something to the server.
    pub async fn say(&mut self, value: &Value) {
        self.stream.send(Message::text(value.to_string())).await.unwrap();
    }

    /// The next frame of this type; others are passed over.
    pub async fn next_of(&mut self, wanted: &str) -> Value {
        let found = async {
            loop {
                let frame = self.next().await;
                if frame["type"] == wanted {
                    return frame;
                }
            }
        };
        let found = tokio::time::timeout(Duration::from_mins(1), found).await;
        found.unwrap_or_else(|_| panic!("no {wanted}"))
    }

    /// The code with which it is closed; frames before that are passed over.
    pub async fn close_code(&mut self) -> u16 {
        let closed = async {
            loop {
                if let Message::Close(reason) = self.message().await {
                    return u16::from(reason.unwrap().code);
                }
            }
        };
        let closed = tokio::time::timeout(Duration::from_mins(1), closed).await;
        closed.unwrap()
    }

    async fn message(&mut self) -> Message {
        self.stream.next().await.unwrap().unwrap()
    }

    /// The next events, up to the one about this message.
    async fn until(&mut self, message: &str) -> Vec<Value> {
        let mut seen = Vec::new();
        let found = async {
            while seen
                .last()
                .is_none_or(|frame: &Value| frame["message_id"] != message)
            {
                seen.push(self.next().await);
            }
        };
        let found = tokio::time::timeout(Duration::from_mins(1), found).await;
        assert!(found.is_ok(), "nothing about {message} in {seen:?}");
        seen
    }
}

async fn writes(app: &TestApp, wamid: &str, body: &str) {
    let line = &app.a.lines[0];
    let entries = [entry(&app.a, line, &[text(wamid, CUSTOMER, body)])];
    app.deliver_signed(line.secret(), &entries).await.expect(200);
}

/// The conversation, and its newest message.
async fn newest(reader: &Caller) -> (String, String) {
    let conversation = reader.items("/api/conversations").await.remove(0);
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    (id(&conversation), id(&conversation["last_message"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_it_by_header_and_by_subprotocol() {
    let app = TestApp::start().await;
    let reader = app.member(Role::Doctor).await;
    for by in [By::Header, By::Subprotocol] {
        let mut socket = open(&app, &reader, by, "").await.unwrap();
        let chosen = socket.response.headers().get("sec-websocket-protocol");
        match by {
            By::Subprotocol => assert_eq!(chosen.unwrap(), "centralita.v1"),
            _ => assert_eq!(chosen, None),
        }
        let hello = socket.next().await;
        assert_eq!(hello["type"], "hello");
        assert!(hello["seq"].is_i64());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_let_in() {
    let app = TestApp::start().await;
    for by in [By::Header, By::Subprotocol, By::Nothing] {
        assert_eq!(
            refused(&app, &app.anon(), by).await,
            (401, json!("unauthenticated"))
        );
        let forged = app.bearer("a.b.c");
        assert_eq!(refused(&app, &forged, by).await, (401, json!("unauthenticated")));
    }
    let without_chat = app.member(Role::Marketing).await;
    let superadmin = app.superadmin().await;
    for caller in [without_chat, superadmin] {
        for by in [By::Header, By::Subprotocol] {
            assert_eq!(refused(&app, &caller, by).await, (403, json!("forbidden")));
        }
    }
    // A token in the query would end in logs: it is none.
    let token = app.member(Role::Doctor).await.token.unwrap();
    let answer = app.anon().get(&format!("/api/events?token={token}")).await;
    answer.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_handshake_is_a_problem() {
    let app = TestApp::start().await;
    let reader = app.member(Role::Doctor).await;
    for query in ["", "?since=x", "?since=99999999999999999999", "?nonsense=1"] {
        let answer = reader.get(&format!("/api/events{query}")).await;
        answer.problem(422, "invalid_request");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_message_is_told_at_once_with_its_place() {
    let app = TestApp::start().await;
    let reader = app.member(Role::Doctor).await;
    let mut socket = opened(&app, &reader, "").await;
    let hello = socket.next().await;
    writes(&app, "wamid.1", "hola").await;
    let (conversation, message) = newest(&reader).await;
    let mut seen = socket.until(&message).await;
    let told = seen.pop().unwrap();
    assert_eq!(
        (&told["type"], &told["event"]),
        (&json!("event"), &json!("message.created"))
    );
    assert_eq!(told["conversation_id"], conversation);
    assert!(told["seq"].as_i64() > hello["seq"].as_i64(), "{told} {hello}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_misses_nothing() {
    let app = TestApp::start().await;
    let reader = app.member(Role::Doctor).await;
    let mut first = opened(&app, &reader, "").await;
    let hello = first.next().await["seq"].as_i64().unwrap();
    for number in 0..20 {
        writes(&app, &format!("wamid.{number}"), "hola").await;
    }
    let (_, last) = newest(&reader).await;
    let live = first.until(&last).await;
    drop(first);

    // From every place that it had reached, the rest comes, once and in order, and then what is new.
    for reached in [
        hello,
        live[0]["seq"].as_i64().unwrap(),
        live[17]["seq"].as_i64().unwrap(),
    ] {
        let mut again = opened(&app, &reader, &format!("?since={reached}")).await;
        assert_eq!(again.next().await, json!({ "type": "hello", "seq": reached }));
        let expected: Vec<&Value> = live
            .iter()
            .filter(|frame| frame["seq"].as_i64().unwrap() > reached)
            .collect();
        let missed = again.until(&last).await;
        assert_eq!(missed.iter().collect::<Vec<_>>(), expected);
        let sequence: Vec<i64> = missed
            .iter()
            .map(|frame| frame["seq"].as_i64().unwrap())
            .collect();
        let gapless: Vec<i64> = (reached + 1..=reached + i64::try_from(sequence.len()).unwrap()).collect();
        assert_eq!(sequence, gapless);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_between_the_past_and_the_present() {
    let app = TestApp::start().await;
    let reader = app.member(Role::Doctor).await;
    writes(&app, "wamid.first", "hola").await;
    // Sockets open while messages pour in.
    let pouring = async {
        for number in 0..40 {
            writes(&app, &format!("wamid.{number}"), "hola").await;
        }
    };
    let listening = async {
        let mut sockets = Vec::new();
        for _ in 0..8 {
            sockets.push(opened(&app, &reader, "?since=0").await);
        }
        sockets
    };
    let ((), sockets) = tokio::join!(pouring, listening);
    let (_, last) = newest(&reader).await;
    for mut socket in sockets {
        assert_eq!(socket.next().await["seq"], 0);
        let created = socket.until(&last).await;
        let sequence: Vec<i64> = created
            .iter()
            .map(|frame| frame["seq"].as_i64().unwrap())
            .collect();
        assert!(
            sequence.windows(2).all(|pair| pair[1] == pair[0] + 1),
            "{sequence:?}"
        );
        let created = created.iter().filter(|frame| frame["event"] == "message.created");
        assert_eq!(created.count(), 41);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_away_too_long_is_told_to_read_everything_again() {
    let app = TestApp::start().await;
    let reader = app.member(Role::Doctor).await;
    writes(&app, "wamid.1", "hola").await;
    for since in [1_000_000, i64::MAX] {
        let mut socket = opened(&app, &reader, &format!("?since={since}")).await;
        let frame = socket.next().await;
        assert_eq!(frame["type"], "resync");
        assert!(frame["seq"].as_i64().unwrap() < 1_000);
    }
    let mut socket = opened(&app, &reader, &format!("?since={}", i64::MIN)).await;
    assert_eq!(socket.next().await["type"], "resync");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_socket_never_carries_anothers_events() {
    let app = TestApp::start().await;
    let reader = app.member(Role::Doctor).await;
    let stranger = app.stranger().await;
    let mut own = opened(&app, &reader, "").await;
    let mut foreign = opened(&app, &stranger, "").await;
    own.next().await;
    foreign.next().await;
    // Both tenants in one webhook, then B alone, then the marker in A.
    let shared = [
        entry(&app.b, &app.b.lines[2], &[text("wamid.b1", CUSTOMER, "taller")]),
        entry(&app.a, &app.a.lines[2], &[text("wamid.a1", CUSTOMER, "clínica")]),
    ];
    app.deliver_signed(crate::test_app::PLATFORM_SECRET, &shared)
        .await
        .expect(200);
    let alone = [entry(
        &app.b,
        &app.b.lines[0],
        &[text("wamid.b2", CUSTOMER, "taller")],
    )];
    app.deliver_signed(app.b.lines[0].secret(), &alone)
        .await
        .expect(200);
    writes(&app, "wamid.marker", "marca").await;

    let theirs: Vec<Value> = stranger
        .items("/api/conversations")
        .await
        .iter()
        .map(|one| one["id"].clone())
        .collect();
    assert_eq!(theirs.len(), 2);
    let marker = reader.items("/api/conversations?q=Ana").await;
    let marker = marker
        .iter()
        .find(|one| one["last_message"]["text"] == "marca")
        .unwrap();
    let seen = own.until(marker["last_message"]["id"].as_str().unwrap()).await;
    assert!(
        seen.iter()
            .all(|frame| !theirs.contains(&frame["conversation_id"])),
        "{seen:?}"
    );
    assert_eq!(
        seen.iter()
            .filter(|frame| frame["event"] == "message.created")
            .count(),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_of_whoever_is_deactivated_is_closed_with_4401() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let reader = app.member(Role::Doctor).await;
    let mut socket = opened(&app, &reader, "").await;
    socket.next().await;
    let users = admin.items("/api/users").await;
    let doctor = users.iter().find(|user| user["role"] == "doctor").unwrap();
    let path = format!("/api/users/{}", doctor["id"].as_str().unwrap());
    admin
        .patch(&path, &json!({ "is_active": false }))
        .await
        .expect(200);
    loop {
        match socket.message().await {
            Message::Close(reason) => {
                assert_eq!(u16::from(reason.unwrap().code), 4401);
                return;
            }
            Message::Ping(_) | Message::Text(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_says_is_ignored_and_does_no_harm() {
    use futures_util::SinkExt;

    let app = TestApp::start().await;
    let reader = app.member(Role::Doctor).await;
    let mut socket = opened(&app, &reader, "").await;
    socket.next().await;
    for message in [
        Message::text("hola"),
        Message::text("{\"type\":\"subscribe\",\"tenant\":\"taller\"}"),
        Message::binary(vec![0_u8, 255, 1]),
        Message::Ping(vec![1].into()),
    ] {
        socket.stream.send(message).await.unwrap();
    }
    writes(&app, "wamid.1", "hola").await;
    let (_, message) = newest(&reader).await;
    socket.until(&message).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_outlives_another_way_to_the_same_database() {
    let app = TestApp::start().await;
    let (reader, superadmin) = (app.member(Role::Doctor).await, app.superadmin().await);
    let mut socket = opened(&app, &reader, "").await;
    socket.next().await;
    let path = format!("/api/superadmin/tenants/{}/database", app.a.id);
    let url = format!("{}?sslmode=disable", app.a.database.url());
    superadmin.put(&path, &json!({ "url": url })).await.expect(200);
    writes(&app, "wamid.1", "hola").await;
    let (_, message) = newest(&reader).await;
    let resync_or_event = async {
        loop {
            let frame = socket.next().await;
            if frame["type"] == "resync" || frame["message_id"] == message {
                return;
            }
        }
    };
    let told = tokio::time::timeout(Duration::from_mins(1), resync_or_event).await;
    assert!(told.is_ok(), "the socket fell silent");
    writes(&app, "wamid.2", "otra vez").await;
    let (_, message) = newest(&reader).await;
    socket.until(&message).await;
}
