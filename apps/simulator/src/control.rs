//! `/simulator/...`: what no Meta offers. Customers, statuses, faults, and what happened.

mod events;
mod failure;
mod inbound;
mod limits;
mod lines;
mod media;
mod observe;
mod people;
mod provoke;
mod state;
mod templates;

use actix_web::web;

/// Adds the simulator's own paths.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/simulator")
            .route("/lines", web::get().to(lines::list))
            .route("/lines", web::post().to(lines::put))
            .route("/lines/state", web::get().to(state::state))
            .route("/lines/state", web::post().to(state::change_state))
            .route("/limits", web::get().to(limits::list))
            .route("/limits", web::post().to(limits::change))
            .route("/templates", web::get().to(templates::list))
            .route("/templates", web::post().to(templates::put))
            .route("/templates", web::delete().to(templates::forget))
            .route("/tokens", web::post().to(state::change_token))
            .route("/callback", web::post().to(lines::callback))
            .route("/people", web::post().to(people::put))
            .route("/inbound", web::post().to(inbound::write))
            .route("/status", web::post().to(provoke::status))
            .route("/raw", web::post().to(provoke::raw))
            .route("/faults", web::get().to(provoke::faults))
            .route("/faults", web::post().to(provoke::change_faults))
            .route("/reset", web::post().to(provoke::reset))
            .route("/sends", web::get().to(observe::sends))
            .route("/sends/reset", web::post().to(observe::count_anew))
            .route("/media/{id}", web::get().to(media::show))
            .route("/chats", web::get().to(observe::chats))
            .route("/deliveries", web::get().to(observe::deliveries))
            .route("/events", web::get().to(events::stream)),
    );
}
