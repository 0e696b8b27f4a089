//! The program itself, asked to stop.

use std::process::{Command, Stdio};

use futures_util::StreamExt;
use tenant::user::Role;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    program::{self, Program},
    test_app::TestApp,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_says_so_closes_its_sockets_and_ends_with_0() {
    let app = TestApp::start().await;
    let token = app.member(Role::Doctor).await.token.unwrap();
    let mut program = Program::start(&app, &[], Stdio::null()).await;
    let url = program.url.clone();
    let mut request = format!("{}/api/events", url.replace("http", "ws"))
        .into_client_request()
        .unwrap();
    let bearer = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("Authorization", bearer);
    let (mut socket, _) = connect_async(request).await.unwrap();
    assert!(matches!(socket.next().await, Some(Ok(Message::Text(_)))));

    let asked = Command::new("kill")
        .arg(program.child.id().to_string())
        .status()
        .unwrap();
    assert!(asked.success());
    let code = loop {
        if let Message::Close(reason) = socket.next().await.unwrap().unwrap() {
            break u16::from(reason.unwrap().code);
        }
    };
    assert_eq!(code, 1012);
    assert_eq!(program::ready(&app, &url).await, Some(503));
    let ended = tokio::task::spawn_blocking(move || program.child.wait().map(|status| (status, program)));
    let (status, _program) = ended.await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
}
