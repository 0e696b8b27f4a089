//! Every route, and what answers where there is none.

pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod branches;
pub(crate) mod channels;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod dead_letters;
pub(crate) mod debug;
pub(crate) mod drafts;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod line_events;
pub(crate) mod links;
pub(crate) mod logos;
pub(crate) mod me;
pub(crate) mod media;
pub(crate) mod messages;
pub(crate) mod notifications;
mod pages;
pub(crate) mod push;
pub(crate) mod quick_replies;
pub(crate) mod roles;
pub(crate) mod search;
pub(crate) mod second_factor;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod superadmin;
pub(crate) mod switch;
pub(crate) mod tags;
pub(crate) mod users;
pub(crate) mod views;
pub(crate) mod webhook;

use actix_web::{
    HttpRequest, HttpResponse, Resource, ResponseError,
    http::header::{self, HeaderValue},
    web,
};

use crate::{
    headers, json, openapi,
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
        .configure(debug::configure)
        .service(
            web::scope("/api")
                .wrap(headers::for_data())
                .configure(auth::configure)
                .configure(links::configure)
                .configure(me::configure)
                .configure(switch::configure)
                .configure(second_factor::configure)
                .configure(conversations::configure)
                .configure(messages::configure)
                .configure(search::configure)
                .configure(views::configure)
                .configure(contacts::configure)
                .configure(drafts::configure)
                .configure(notifications::configure)
                .configure(push::configure)
                .configure(media::configure)
                .configure(channels::configure)
                .configure(logos::configure)
                .configure(line_events::configure)
                .configure(tags::configure)
                .configure(settings::configure)
                .configure(branches::configure)
                .configure(services::configure)
                .configure(quick_replies::configure)
                .configure(audit::configure)
                .configure(users::configure)
                .configure(roles::configure)
                .configure(dead_letters::configure)
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

/// A path, whose methods without a route are a problem too.
fn resource(path: &str) -> Resource {
    web::resource(path).default_service(web::to(wrong_method))
}

/// A route that exists for other methods.
async fn wrong_method(request: HttpRequest) -> HttpResponse {
    let path = request.match_pattern().unwrap_or_default();
    let mut response = Problem::new(
        Kind::MethodNotAllowed,
        format!("{} is not offered here", request.method()),
    )
    .error_response();
    // What is not described is a page.
    let allowed = openapi::methods(&path).unwrap_or("GET");
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}
