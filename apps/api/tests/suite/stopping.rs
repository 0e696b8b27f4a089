//! The program itself, asked to stop.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use futures_util::StreamExt;
use tenant::user::Role;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::test_app::{JWT_SECRET, MASTER_KEY, TestApp, VERIFY_TOKEN};

/// A server of its own that ends with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn start(app: &TestApp, port: u16) -> Program {
    let child = Command::new(env!("CARGO_BIN_EXE_api"))
        .env_clear()
        .envs([
            ("CONTROL_DB_URL", app.control.url()),
            ("MASTER_KEY", MASTER_KEY),
            ("JWT_SECRET", JWT_SECRET),
            ("VERIFY_TOKEN", VERIFY_TOKEN),
            ("GRAPH_BASE_URL", "http://127.0.0.1:9"),
            ("PORT", &port.to_string()),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Program(child)
}

async fn ready(app: &TestApp, url: &str) -> Option<u16> {
    let answer = app.http.get(format!("{url}/health/ready")).send().await.ok()?;
    Some(answer.status().as_u16())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_says_so_closes_its_sockets_and_ends_with_0() {
    let app = TestApp::start().await;
    let token = app.member(Role::Doctor).await.token.unwrap();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut program = start(&app, port);
    let url = format!("http://127.0.0.1:{port}");
    let up = tokio::time::timeout(Duration::from_mins(1), async {
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        while ready(&app, &url).await != Some(200) {
            tick.tick().await;
        }
    });
    up.await.unwrap();
    let mut request = format!("ws://127.0.0.1:{port}/api/events")
        .into_client_request()
        .unwrap();
    let bearer = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("Authorization", bearer);
    let (mut socket, _) = connect_async(request).await.unwrap();
    assert!(matches!(socket.next().await, Some(Ok(Message::Text(_)))));

    let asked = Command::new("kill")
        .arg(program.0.id().to_string())
        .status()
        .unwrap();
    assert!(asked.success());
    let code = loop {
        if let Message::Close(reason) = socket.next().await.unwrap().unwrap() {
            break u16::from(reason.unwrap().code);
        }
    };
    assert_eq!(code, 1012);
    assert_eq!(ready(&app, &url).await, Some(503));
    let ended = tokio::task::spawn_blocking(move || program.0.wait().map(|status| (status, program)));
    let (status, _program) = ended.await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
}
