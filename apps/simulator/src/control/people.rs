//! Customers that the page knows before they write.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use whatsapp::identity::phone_digits;

use super::failure::ControlError;
use crate::simulator::Simulator;

/// Somebody new, or a new name for somebody known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newcomer {
    phone: String,
    name: String,
    /// What `recipient_identity_key_hash` has to be.
    identity_hash: Option<String>,
}

/// Remembers a customer.
pub async fn put(
    simulator: web::Data<Simulator>,
    newcomer: web::Json<Newcomer>,
) -> Result<HttpResponse, ControlError> {
    let Newcomer {
        phone,
        name,
        identity_hash,
    } = newcomer.into_inner();
    let phone = phone_digits(&phone).ok_or(ControlError::Invalid("phone must be a phone number"))?;
    let mut inner = simulator.lock();
    let mut person = inner.world.person(&phone);
    person.name = name;
    person.identity_hash = identity_hash.or(person.identity_hash);
    inner.world.remember(person.clone());
    drop(inner);
    simulator.tell("lines", None);
    Ok(HttpResponse::Ok().json(person))
}
