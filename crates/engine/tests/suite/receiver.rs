//! The product's webhook address, as small as can be, and a Meta that waits.

use std::sync::Arc;

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    web::{self, Bytes},
};
use engine::{Engine, ingest::IngestError};
use simulator::world::Callback;
use tokio::sync::Semaphore;

use crate::common::Stage;

/// Lets the simulator's webhooks reach the stage's engine.
pub fn connect(stage: &Stage) {
    let engine = web::Data::new(stage.engine.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(engine.clone())
            .route("/webhook", web::post().to(receive))
    })
    .workers(1)
    .disable_signals()
    .bind("127.0.0.1:0")
    .unwrap();
    let url = format!("http://{}/webhook", server.addrs()[0]);
    tokio::spawn(server.run());
    stage.simulator.lock().world.callback = Some(Callback {
        url,
        verify_token: String::new(),
    });
}

async fn receive(engine: web::Data<Engine>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let signature = request.headers().get("X-Hub-Signature-256");
    match engine
        .ingest(
            &body,
            signature.map(actix_web::http::header::HeaderValue::as_bytes),
        )
        .await
    {
        Ok(_) => HttpResponse::Ok().finish(),
        Err(IngestError::Malformed(_)) => HttpResponse::BadRequest().finish(),
        Err(IngestError::BadSignature | IngestError::AppWithoutSecret) => HttpResponse::Forbidden().finish(),
        Err(IngestError::Unavailable) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// A Graph API that answers only when it is let.
pub struct Slow {
    pub url: String,
    pub arrived: Arc<Semaphore>,
    pub answer: Arc<Semaphore>,
}

impl Slow {
    pub fn start() -> Self {
        let (arrived, answer) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let gates = web::Data::new((Arc::clone(&arrived), Arc::clone(&answer)));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(gates.clone())
                .default_service(web::to(slowly))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        tokio::spawn(server.run());
        Self { url, arrived, answer }
    }
}

async fn slowly(gates: web::Data<(Arc<Semaphore>, Arc<Semaphore>)>) -> HttpResponse {
    gates.0.add_permits(1);
    gates.1.acquire().await.unwrap().forget();
    HttpResponse::Ok().body(r#"{"messages":[{"id":"wamid.slow"}]}"#)
}
