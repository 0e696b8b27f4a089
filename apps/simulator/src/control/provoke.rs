//! Statuses, faults and raw bodies on demand.

use actix_web::{HttpResponse, web};
use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::failure::ControlError;
use crate::{clock, delivery::Webhook, escape::to_meta_json, faults::FaultsChange, simulator::Simulator};

/// A status to post.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusOrder {
    wamid: String,
    status: String,
    error_code: Option<i64>,
    timestamp: Option<i64>,
}

/// A body to post.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawOrder {
    /// A string goes out as it is; anything else as Meta would write it.
    body: Value,
    /// The secret to sign with; without one the body is not signed.
    sign_with: Option<String>,
}

/// Posts one status of a message, whatever it has been through.
pub async fn status(
    simulator: web::Data<Simulator>,
    order: web::Json<StatusOrder>,
) -> Result<HttpResponse, ControlError> {
    let (simulator, order) = (simulator.into_inner(), order.into_inner());
    let at = match order.timestamp {
        Some(seconds) => DateTime::from_timestamp(seconds, 0).ok_or(ControlError::Invalid("timestamp"))?,
        None => clock::now(),
    };
    let delivery = simulator
        .post_status(&order.wamid, &order.status, order.error_code, at)
        .await;
    let delivery = delivery.ok_or(ControlError::UnknownMessage(order.wamid))?;
    Ok(HttpResponse::Ok().json(json!({"delivery": delivery})))
}

/// Posts any body.
pub async fn raw(simulator: web::Data<Simulator>, order: web::Json<RawOrder>) -> HttpResponse {
    let order = order.into_inner();
    let body = match order.body {
        Value::String(body) => body,
        value => to_meta_json(&value),
    };
    let webhook = Webhook::signed("raw", body, order.sign_with.as_deref());
    let delivery = simulator.into_inner().deliver(webhook).await;
    HttpResponse::Ok().json(json!({"delivery": delivery}))
}

/// What goes wrong at the moment.
pub async fn faults(simulator: web::Data<Simulator>) -> HttpResponse {
    HttpResponse::Ok().json(&simulator.lock().faults)
}

/// Changes what goes wrong.
pub async fn change_faults(
    simulator: web::Data<Simulator>,
    change: web::Json<FaultsChange>,
) -> Result<HttpResponse, ControlError> {
    let change = change.into_inner();
    if !change.is_sound() {
        return Err(ControlError::Invalid(
            "a share is from 0 to 1, all of the sends' no more than 1",
        ));
    }
    let mut inner = simulator.lock();
    inner.faults.apply(change);
    Ok(HttpResponse::Ok().json(&inner.faults))
}

/// Forgets everything but the lines and the callback.
pub async fn reset(simulator: web::Data<Simulator>) -> HttpResponse {
    simulator.reset();
    HttpResponse::Ok().json(json!({"success": true}))
}
