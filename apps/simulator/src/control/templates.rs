//! Templates of an account, defined without anybody's review.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::failure::ControlError;
use crate::{
    simulator::Simulator,
    world::templates::{Template, samples},
};

/// Templates to add.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    waba_id: String,
    /// In the shape in which they are created, with `status` and `message_status`.
    #[serde(default)]
    templates: Vec<Template>,
    /// The samples as well.
    #[serde(default)]
    samples: bool,
}

/// Which.
#[derive(Deserialize)]
pub struct Which {
    waba_id: String,
    name: Option<String>,
}

/// The templates of an account.
pub async fn list(simulator: web::Data<Simulator>, which: web::Query<Which>) -> HttpResponse {
    let inner = simulator.lock();
    HttpResponse::Ok().json(json!({"templates": inner.world.templates(&which.waba_id)}))
}

/// Adds templates, in the place of those with the same names and languages.
pub async fn put(
    simulator: web::Data<Simulator>,
    order: web::Json<Order>,
) -> Result<HttpResponse, ControlError> {
    let order = order.into_inner();
    let mut inner = simulator.lock();
    if !inner
        .world
        .lines
        .values()
        .any(|line| line.waba_id == order.waba_id)
    {
        return Err(ControlError::UnknownLine(order.waba_id));
    }
    let sampled = if order.samples { samples() } else { Vec::new() };
    for template in sampled.into_iter().chain(order.templates) {
        inner.world.put_template(&order.waba_id, template);
    }
    Ok(HttpResponse::Ok().json(json!({"templates": inner.world.templates(&order.waba_id)})))
}

/// Forgets the templates of a name, or all of an account.
pub async fn forget(simulator: web::Data<Simulator>, which: web::Query<Which>) -> HttpResponse {
    let mut inner = simulator.lock();
    let gone = inner.world.drop_templates(&which.waba_id, which.name.as_deref());
    HttpResponse::Ok().json(json!({"forgotten": gone}))
}
