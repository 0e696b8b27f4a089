//! Lines and the callback.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    config::Line,
    handshake::{self, Outcome},
    simulator::Simulator,
    world::Callback,
};

/// One line, several, or an object that holds them.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Lines {
    /// `{...}`
    One(Line),
    /// `[{...}]`
    Many(Vec<Line>),
    /// `{"lines": [{...}]}`
    Held {
        /// The lines.
        lines: Vec<Line>,
    },
}

/// The lines, without their secrets, and where webhooks go.
pub async fn list(simulator: web::Data<Simulator>) -> HttpResponse {
    let inner = simulator.lock();
    let lines: Vec<_> = inner.world.lines.values().map(public).collect();
    let url = inner
        .world
        .callback
        .as_ref()
        .map(|callback| callback.url.as_str());
    HttpResponse::Ok().json(json!({"lines": lines, "callback_url": url, "version": simulator.version}))
}

/// Adds lines, or replaces those with the same id.
pub async fn put(simulator: web::Data<Simulator>, lines: web::Json<Lines>) -> HttpResponse {
    let lines = match lines.into_inner() {
        Lines::One(line) => vec![line],
        Lines::Many(lines) | Lines::Held { lines } => lines,
    };
    let added: Vec<_> = lines.iter().map(public).collect();
    let mut inner = simulator.lock();
    for line in lines {
        inner.world.lines.insert(line.phone_number_id.clone(), line);
    }
    drop(inner);
    simulator.tell("lines", None);
    HttpResponse::Ok().json(json!({"lines": added}))
}

/// Meta's handshake. The URL is kept only when it answers with the challenge.
pub async fn callback(simulator: web::Data<Simulator>, callback: web::Json<Callback>) -> HttpResponse {
    let callback = callback.into_inner();
    let Outcome {
        success,
        status,
        is_url,
    } = handshake::passes(&simulator.http, &callback).await;
    if !is_url {
        return HttpResponse::BadRequest()
            .json(json!({"success": false, "error": "the URL is not absolute"}));
    }
    if success {
        simulator.lock().world.callback = Some(callback);
        simulator.tell("lines", None);
    }
    HttpResponse::Ok().json(json!({"success": success, "status": status}))
}

fn public(line: &Line) -> Value {
    json!({
        "phone_number_id": line.phone_number_id,
        "waba_id": line.waba_id,
        "display_phone_number": line.display_phone_number,
        "verified_name": line.verified_name,
        "signed": line.app_secret.is_some(),
    })
}
