//! A watcher as a browser is one: logs in, opens the socket, notes when it is told of a message.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    http::Connection,
    provision::{PASSWORD, Tenant},
};

type Told = Arc<Mutex<HashMap<String, Instant>>>;

/// Follows one tenant's events.
pub struct Watcher {
    told: Told,
    task: JoinHandle<()>,
}

impl Watcher {
    /// Logs in as the tenant's admin and follows from now on.
    pub async fn open(port: u16, tenant: &Tenant) -> anyhow::Result<Self> {
        let token = log_in(port, tenant).await?;
        let mut request = format!("ws://127.0.0.1:{port}/api/events").into_client_request()?;
        let header = format!("Bearer {token}").parse()?;
        request.headers_mut().insert("Authorization", header);
        let (mut stream, _response) = connect_async(request).await.context("the socket was refused")?;
        let told = Told::default();
        let noted = Arc::clone(&told);
        let task = tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                let now = Instant::now();
                match message {
                    Message::Text(text) => {
                        if let Some(id) = created(&text) {
                            let mut told = noted.lock().unwrap_or_else(PoisonError::into_inner);
                            told.entry(id).or_insert(now);
                        }
                    }
                    Message::Ping(_) if stream.flush().await.is_err() => break,
                    _ => {}
                }
            }
        });
        Ok(Self { told, task })
    }

    /// When it was told of each message, by the message's own id; forgets them.
    pub fn take(&self) -> HashMap<String, Instant> {
        std::mem::take(&mut self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the socket is still open.
    pub fn is_open(&self) -> bool {
        !self.task.is_finished()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The message that a frame says was created.
fn created(frame: &str) -> Option<String> {
    let frame: Value = serde_json::from_str(frame).ok()?;
    if frame.get("event")? != "message.created" {
        return None;
    }
    Some(frame.get("message_id")?.as_str()?.to_owned())
}

/// The access token of the tenant's admin.
pub async fn log_in(port: u16, tenant: &Tenant) -> anyhow::Result<String> {
    let email = tenant.admin.as_ref().context("the tenant has no admin")?;
    let body = json!({ "email": email, "password": PASSWORD, "tenant": tenant.slug });
    let mut connection = Connection::open(port).await?;
    let answer = connection
        .post("/api/auth/login", body.to_string().as_bytes())
        .await?;
    if answer.status != 200 {
        bail!("logging in was answered {}", answer.status);
    }
    let session: Value = serde_json::from_slice(&answer.body)?;
    let token = session.get("access_token").and_then(Value::as_str);
    Ok(token.context("a session without a token")?.to_owned())
}
