//! How lines stand with Meta and what tokens are worth, changed by hand.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::failure::ControlError;
use crate::{
    simulator::Simulator,
    world::{World, line_state::LineState},
};

/// What to change of a line.
#[derive(Deserialize)]
pub struct StateOrder {
    phone_number_id: String,
    #[serde(flatten)]
    change: Map<String, Value>,
}

/// What to change of a token, named by a line that has it or by itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenOrder {
    phone_number_id: Option<String>,
    token: Option<String>,
    /// Seconds since 1970; 0 is never.
    expires_at: Option<i64>,
    revoked: Option<bool>,
    scopes: Option<Vec<String>>,
}

/// Which line.
#[derive(Deserialize)]
pub struct Which {
    phone_number_id: String,
}

/// How a line stands.
pub async fn state(
    simulator: web::Data<Simulator>,
    which: web::Query<Which>,
) -> Result<HttpResponse, ControlError> {
    let inner = simulator.lock();
    let id = known(&inner.world, &which.phone_number_id)?;
    Ok(HttpResponse::Ok().json(inner.world.state(id)))
}

/// Changes how a line stands; what is absent stays as it is.
pub async fn change_state(
    simulator: web::Data<Simulator>,
    order: web::Json<StateOrder>,
) -> Result<HttpResponse, ControlError> {
    let order = order.into_inner();
    let mut inner = simulator.lock();
    let id = known(&inner.world, &order.phone_number_id)?;
    let mut state = json!(inner.world.state(id));
    for (name, value) in order.change {
        state[name] = value;
    }
    let state: LineState =
        serde_json::from_value(state).map_err(|error| ControlError::Unreadable(error.to_string()))?;
    inner.world.set_state(&order.phone_number_id, state.clone());
    drop(inner);
    simulator.tell("lines", None);
    Ok(HttpResponse::Ok().json(state))
}

/// Changes what a token is worth; what is absent stays as it is. The answer does not hold it.
pub async fn change_token(
    simulator: web::Data<Simulator>,
    order: web::Json<TokenOrder>,
) -> Result<HttpResponse, ControlError> {
    let order = order.into_inner();
    let mut inner = simulator.lock();
    let token = match (order.token, &order.phone_number_id) {
        (Some(token), None) => token,
        (None, Some(id)) => {
            let line = inner.world.lines.get(id);
            line.ok_or_else(|| ControlError::UnknownLine(id.clone()))?
                .token
                .clone()
        }
        _ => return Err(ControlError::Invalid("give phone_number_id or token")),
    };
    let mut state = inner.world.token(&token);
    state.expires_at = order.expires_at.unwrap_or(state.expires_at);
    state.revoked = order.revoked.unwrap_or(state.revoked);
    state.scopes = order.scopes.unwrap_or(state.scopes);
    inner.world.set_token(&token, state.clone());
    Ok(HttpResponse::Ok().json(state))
}

fn known<'i>(world: &World, id: &'i str) -> Result<&'i str, ControlError> {
    if world.lines.contains_key(id) {
        Ok(id)
    } else {
        Err(ControlError::UnknownLine(id.to_owned()))
    }
}
