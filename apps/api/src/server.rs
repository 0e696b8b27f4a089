//! The HTTP server: middleware around the routes, the documents, and the built web.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use actix_cors::Cors;
use actix_files::{Files, NamedFile};
use actix_web::{
    App as ActixApp, HttpRequest, HttpServer,
    body::MessageBody,
    dev::{Server, ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderValue},
    },
    middleware::{Compress, from_fn},
    web,
};
use anyhow::Context;
use socket2::SockRef;
use tokio::{
    net::TcpStream,
    signal::unix::{Signal, SignalKind, signal},
};
use utoipa::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    app::App,
    config::Config,
    headers,
    openapi::{ApiDoc, document},
    problem::{Kind, Problem},
    routes,
};

/// How long the process still takes requests after a stop was asked for, so that a balancer sees that it is not ready.
const LINGER: Duration = Duration::from_secs(2);
/// How long requests and calls to Meta may still run after that.
const PATIENCE: Duration = Duration::from_secs(18);
/// After so long the process ends whatever still runs.
const ABORT: Duration = Duration::from_secs(25);
/// What a client that reads nothing may let wait before its connection is cut.
const UNREAD: Duration = Duration::from_secs(30);

/// Serves until the process is asked to stop.
pub async fn run(config: &Config, app: App) -> anyhow::Result<()> {
    let host = if config.development {
        "127.0.0.1"
    } else {
        "0.0.0.0"
    };
    let (server, addresses) =
        start(app.clone(), config.origins.clone(), host, config.port).with_context(|| {
            format!(
                "port {} cannot be opened; is another server running?",
                config.port
            )
        })?;
    for address in addresses {
        tracing::info!(%address, "listening");
    }
    let mut signals = Signals::new().context("signals cannot be heard")?;
    let handle = server.handle();
    let mut serving = tokio::spawn(server);
    tokio::select! {
        ended = &mut serving => return Ok(ended??),
        () = signals.next() => {}
    }
    tracing::info!("stopping");
    let linger = if config.development {
        Duration::ZERO
    } else {
        LINGER
    };
    let stopping = async {
        app.begin_stop();
        let serving = async {
            tokio::time::sleep(linger).await;
            handle.stop(true).await;
        };
        tokio::join!(serving, app.engine().shut_down(linger + PATIENCE));
        app.resolver().close();
    };
    tokio::select! {
        () = stopping => {
            tracing::info!("stopped");
            Ok(())
        }
        () = tokio::time::sleep(ABORT) => anyhow::bail!("not everything ended in {} seconds", ABORT.as_secs()),
        () = signals.next() => anyhow::bail!("asked to stop at once"),
    }
}

/// The signals that ask the process to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Opens the port (any free one for 0) and serves on it.
pub fn start(
    app: App,
    origins: Vec<String>,
    host: &str,
    port: u16,
) -> std::io::Result<(Server, Vec<SocketAddr>)> {
    let server = HttpServer::new(move || {
        let web_dir = app.web_dir().cloned();
        ActixApp::new()
            .app_data(web::Data::new(app.clone()))
            .wrap(from_fn(log_failures))
            .wrap(Compress::default())
            .wrap(cors(&origins))
            .wrap(headers::everywhere())
            .wrap(from_fn(headers::stay_on_https))
            .configure(routes::configure)
            .route("/openapi.json", web::get().to(openapi))
            .service(web::redirect("/docs", "/docs/"))
            .service(SwaggerUi::new("/docs/{_:.*}").url("/docs/openapi.json", ApiDoc::openapi()))
            .configure(|config| serve_web(config, web_dir))
    })
    .on_connect(|connection, _data| bound_unread(connection))
    .disable_signals()
    .shutdown_timeout(PATIENCE.as_secs())
    .bind((host, port))?;
    let addresses = server.addrs();
    Ok((server.run(), addresses))
}

/// The kernel cuts a connection whose peer reads nothing: what waits for it would be held for ever.
fn bound_unread(connection: &dyn std::any::Any) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else {
        return;
    };
    if let Err(error) = SockRef::from(stream).set_tcp_user_timeout(Some(UNREAD)) {
        tracing::debug!(%error, "a connection that reads nothing would not be cut");
    }
}

/// The built web: its files, and its page for every path of its own router.
fn serve_web(config: &mut web::ServiceConfig, dir: Option<PathBuf>) {
    let Some(dir) = dir else {
        config.default_service(web::to(routes::unknown));
        return;
    };
    let index = dir.join("index.html");
    let page = move |request: HttpRequest| {
        let index = index.clone();
        async move {
            if !matches!(*request.method(), Method::GET | Method::HEAD) {
                return routes::unknown(request).await;
            }
            let file = NamedFile::open(index).map_err(|_missing| {
                Problem::new(Kind::NotFound, "the web is not built; run `npm run build`")
            })?;
            let mut response = file.into_response(&request);
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            Ok(response)
        }
    };
    config.service(
        Files::new("/", dir)
            .index_file("index.html")
            .prefer_utf8(true)
            .default_handler(web::to(page)),
    );
}

fn cors(origins: &[String]) -> Cors {
    let mut cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT])
        .allowed_header("idempotency-key")
        // A file's name, for pages that save it themselves.
        .expose_headers([header::CONTENT_DISPOSITION])
        .max_age(3600);
    for origin in origins {
        cors = cors.allowed_origin(origin);
    }
    cors
}

async fn openapi() -> actix_web::HttpResponse {
    actix_web::HttpResponse::Ok()
        .content_type("application/json")
        .body(document())
}

/// Logs every failure of ours once, with its causes, and counts requests.
async fn log_failures(
    request: ServiceRequest,
    next: actix_web::middleware::Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let started = std::time::Instant::now();
    let method = request.method().clone();
    let response = next.call(request).await?;
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "unmatched".to_owned());
    let status = response.status();
    let labels = [
        ("route", route.clone()),
        ("method", method.to_string()),
        ("status", status.as_u16().to_string()),
    ];
    metrics::histogram!("http_seconds", &labels).record(started.elapsed().as_secs_f64());
    if status.is_server_error() {
        let chain = response
            .response()
            .error()
            .and_then(actix_web::Error::as_error::<Problem>)
            .map_or_else(|| "no problem attached".to_owned(), Problem::chain);
        tracing::error!(%method, route, status = status.as_u16(), chain, "a request failed");
    }
    Ok(response)
}
