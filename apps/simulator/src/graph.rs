//! The Graph API: Meta's paths, checks and shapes.

mod access;
mod body;
mod failure;
mod media;
mod nodes;
mod send;
pub mod socket;

use actix_web::{HttpResponse, ResponseError, web};

use self::failure::GraphFailure;

/// Adds the Graph API. Any version is served, as Meta serves all living ones.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/debug_token", web::get().to(nodes::token::debug_token))
        .route(
            r"/{version:v\d+\.\d+}/debug_token",
            web::get().to(nodes::token::debug_token),
        )
        .route(media::DOWNLOADS, web::get().to(media::download))
        .service(
            web::resource(r"/{version:v\d+\.\d+}/{id}")
                .route(web::get().to(nodes::node))
                .route(web::delete().to(media::delete)),
        )
        .service(
            web::resource(r"/{version:v\d+\.\d+}/{id}/media")
                .app_data(web::PayloadConfig::new(media::MAX_UPLOAD_BYTES))
                .route(web::post().to(media::upload::upload)),
        )
        .service(
            web::resource(r"/{version:v\d+\.\d+}/{id}/block_users")
                .route(web::get().to(nodes::blocks::list))
                .route(web::post().to(nodes::blocks::change))
                .route(web::delete().to(nodes::blocks::change)),
        )
        .route(
            r"/{version:v\d+\.\d+}/{id}/message_templates",
            web::get().to(nodes::templates::list),
        )
        .route(
            r"/{version:v\d+\.\d+}/{id}/messages",
            web::post().to(send::messages),
        )
        .route(
            r"/{version:v\d+\.\d+}/{id}/marketing_messages",
            web::post().to(send::marketing_messages),
        )
        .route(
            r"/{version:v\d+\.\d+}/{id}/phone_numbers",
            web::get().to(nodes::phone_numbers),
        )
        .service(
            web::resource(r"/{version:v\d+\.\d+}/{id}/subscribed_apps")
                .route(web::get().to(nodes::subscriptions::list))
                .route(web::post().to(nodes::subscriptions::subscribe))
                .route(web::delete().to(nodes::subscriptions::unsubscribe)),
        );
}

/// The answer to a path that Graph does not have.
pub async fn unknown_path() -> HttpResponse {
    GraphFailure::unknown_path().error_response()
}
