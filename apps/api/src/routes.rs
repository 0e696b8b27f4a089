//! Every route, and what answers where there is none.

pub(crate) mod auth;
pub(crate) mod channels;
pub(crate) mod conversations;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod messages;
mod pages;
pub(crate) mod superadmin;
pub(crate) mod tags;
pub(crate) mod users;
pub(crate) mod webhook;

use actix_web::{HttpRequest, HttpResponse, web};

use crate::{
    json,
    problem::{Kind, Problem},
};

/// Registers the API's routes. What is under `/api` and unknown is a problem,
/// never a page.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .app_data(json::body_limit())
        .configure(health::configure)
        .configure(webhook::configure)
        .configure(pages::configure)
        .service(
            web::scope("/api")
                .configure(auth::configure)
                .configure(conversations::configure)
                .configure(messages::configure)
                .configure(channels::configure)
                .configure(tags::configure)
                .configure(users::configure)
                .configure(events::configure)
                .configure(superadmin::configure)
                .default_service(web::to(unknown)),
        );
}

/// A route that does not exist.
pub(crate) async fn unknown(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::new(
        Kind::NotFound,
        format!("there is no {}", request.path()),
    ))
}

/// A route that exists for other methods.
pub(crate) async fn wrong_method(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::new(
        Kind::MethodNotAllowed,
        format!("{} is not offered here", request.method()),
    ))
}
