//! `GET /debug_token`: what a token is worth.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    clock,
    graph::{access::Access, failure::GraphFailure},
    simulator::Simulator,
    world::{APP_ID, World},
};

/// The token that is looked at, and the one that looks.
#[derive(Deserialize)]
pub struct Inspected {
    input_token: Option<String>,
    access_token: Option<String>,
}

/// What a token is worth.
pub async fn debug_token(
    simulator: web::Data<Simulator>,
    inspected: web::Query<Inspected>,
    request: HttpRequest,
) -> Result<HttpResponse, GraphFailure> {
    let inner = simulator.lock();
    let looks = inspected.access_token.as_deref().or_else(|| bearer(&request));
    if !looks.is_some_and(|token| is_apps(&inner.world, token)) {
        Access::of(&request, &inner.world)?;
    }
    let Some(token) = inspected.input_token.as_deref() else {
        return Err(GraphFailure::parameter("The parameter input_token is required."));
    };
    Ok(HttpResponse::Ok().json(json!({"data": worth(&inner.world, token)})))
}

fn worth(world: &World, token: &str) -> Value {
    let lines = world.lines.values().filter(|line| line.token == token);
    let mut accounts: Vec<_> = lines.map(|line| line.waba_id.as_str()).collect();
    accounts.dedup();
    if accounts.is_empty() {
        let error = json!({"code": 190, "message": "Invalid OAuth access token."});
        return json!({"error": error, "is_valid": false, "scopes": []});
    }
    let state = world.token(token);
    let dead = state.dead(clock::now());
    let granular = state.scopes.iter();
    let granular: Vec<_> = granular
        .map(|scope| json!({"scope": scope, "target_ids": accounts}))
        .collect();
    let mut data = json!({
        "app_id": APP_ID,
        "type": "SYSTEM_USER",
        "application": "Simulator",
        "data_access_expires_at": 0,
        "expires_at": state.expires_at,
        "is_valid": dead.is_none(),
        "issued_at": 1_790_000_000,
        "scopes": state.scopes,
        "granular_scopes": granular,
        "user_id": "61550000000009",
    });
    if let Some(dead) = dead {
        data["error"] = json!({"code": 190, "message": dead.message(), "subcode": dead.subcode()});
    }
    data
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    request
        .headers()
        .get("Authorization")?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

/// Whether it is the app's own token, `{app id}|{app secret}`, which sees every token of its.
fn is_apps(world: &World, token: &str) -> bool {
    let Some((_, secret)) = token.split_once('|') else {
        return false;
    };
    let mut lines = world.lines.values();
    lines.any(|line| line.app_secret.as_deref() == Some(secret))
}
