//! Which of Meta's rules hold.

use actix_web::{HttpResponse, web};

use crate::{rules::RulesChange, simulator::Simulator};

/// The rules.
pub async fn list(simulator: web::Data<Simulator>) -> HttpResponse {
    HttpResponse::Ok().json(simulator.lock().rules)
}

/// Lifts rules, or lets them hold again.
pub async fn change(simulator: web::Data<Simulator>, change: web::Json<RulesChange>) -> HttpResponse {
    let mut inner = simulator.lock();
    inner.rules.apply(&change);
    HttpResponse::Ok().json(inner.rules)
}
