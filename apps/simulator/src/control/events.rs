//! Server-sent events for the page. A stream that names a chat has it on screen.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpResponse,
    web::{self, Bytes},
};
use futures_util::{Stream, stream};
use serde::Deserialize;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use whatsapp::identity::phone_digits;

use crate::{
    simulator::{Event, Simulator},
    world::ChatKey,
};

/// How often a silent stream writes something, to notice that nobody reads any more.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The chat on screen.
#[derive(Deserialize)]
pub struct Looking {
    phone_number_id: Option<String>,
    from: Option<String>,
}

/// A chat that is on a screen for as long as this lives.
struct OnScreen {
    simulator: Arc<Simulator>,
    key: Option<ChatKey>,
}

impl OnScreen {
    fn new(simulator: Arc<Simulator>, key: Option<ChatKey>) -> Self {
        if let Some(key) = &key {
            *simulator.lock().on_screen.entry(key.clone()).or_default() += 1;
            simulator.catch_up(key);
        }
        Self { simulator, key }
    }
}

impl Drop for OnScreen {
    fn drop(&mut self) {
        let Some(key) = &self.key else { return };
        let mut inner = self.simulator.lock();
        if let Some(screens) = inner.on_screen.get_mut(key) {
            *screens -= 1;
            if *screens == 0 {
                inner.on_screen.remove(key);
            }
        }
    }
}

/// Everything that happens from now on.
pub async fn stream(simulator: web::Data<Simulator>, looking: web::Query<Looking>) -> HttpResponse {
    let Looking {
        phone_number_id,
        from,
    } = looking.into_inner();
    let phone = from.as_deref().and_then(phone_digits);
    let key = phone_number_id
        .zip(phone)
        .map(|(line, phone)| ChatKey { line, phone });
    let listener = simulator.listen();
    let on_screen = OnScreen::new(simulator.into_inner(), key);
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-store"))
        .streaming(events(listener, on_screen))
}

fn events(listener: Receiver<Event>, on_screen: OnScreen) -> impl Stream<Item = serde_json::Result<Bytes>> {
    stream::unfold((listener, on_screen), |(mut listener, on_screen)| async move {
        let line = match tokio::time::timeout(HEARTBEAT, listener.recv()).await {
            Ok(Ok(event)) => serde_json::to_string(&event).map(|json| format!("data: {json}\n\n")),
            // Whoever was too slow reads everything again.
            Ok(Err(RecvError::Lagged(_))) => Ok("data: {\"kind\":\"lines\"}\n\n".to_owned()),
            Ok(Err(RecvError::Closed)) => return None,
            Err(_) => Ok(": still here\n\n".to_owned()),
        };
        Some((line.map(Bytes::from), (listener, on_screen)))
    })
}
