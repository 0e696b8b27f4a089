#![doc = include_str!("../README.md")]

mod clock;
mod codes;
pub mod config;
mod control;
mod delivery;
mod escape;
pub mod faults;
pub mod files;
mod graph;
mod handshake;
pub mod ledger;
mod lifecycle;
mod page;
mod payload;
pub mod persist;
pub mod rules;
pub mod simulator;
pub mod world;

use std::{io, net::SocketAddr, sync::Arc};

use actix_web::{App, HttpServer, dev::Server, web};

pub use self::simulator::Simulator;

/// Larger than any body Meta takes.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
const WORKERS: usize = 2;
const SHUTDOWN_SECONDS: u64 = 1;

/// Binds the address and returns the server, which runs once it is awaited or spawned.
pub fn serve(simulator: Arc<Simulator>, host: &str, port: u16) -> io::Result<(Server, SocketAddr)> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::from(Arc::clone(&simulator)))
            .app_data(web::PayloadConfig::new(MAX_BODY_BYTES))
            .app_data(
                web::JsonConfig::default()
                    .limit(MAX_BODY_BYTES)
                    .content_type_required(false),
            )
            .configure(page::configure)
            .configure(control::configure)
            .configure(graph::configure)
            .default_service(web::to(graph::unknown_path))
    })
    .workers(WORKERS)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .on_connect(graph::socket::keep)
    .bind((host, port))?;
    let address = server
        .addrs()
        .first()
        .copied()
        .ok_or(io::ErrorKind::AddrNotAvailable)?;
    Ok((server.run(), address))
}
