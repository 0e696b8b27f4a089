//! `/{waba_id}/subscribed_apps`: whether the app hears of an account, and where.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::{
    graph::{access::Access, failure::GraphFailure},
    handshake,
    simulator::Simulator,
    world::{APP_ID, Callback, token::MANAGEMENT},
};

type Answer = Result<HttpResponse, GraphFailure>;

/// Where an account's webhooks go instead of the app's URL.
#[derive(Default, Deserialize)]
pub struct Override {
    override_callback_uri: Option<String>,
    #[serde(default)]
    verify_token: String,
}

/// The apps that hear of an account.
pub async fn list(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Answer {
    let account = check(&simulator, &path.1, &request, "get")?;
    let inner = simulator.lock();
    let Some(subscription) = inner.world.subscription(&account) else {
        return Ok(HttpResponse::Ok().json(json!({"data": []})));
    };
    let link = format!("https://www.facebook.com/games/?app_id={APP_ID}");
    let app = json!({"id": APP_ID, "link": link, "name": "Simulator"});
    let mut entry = json!({"whatsapp_business_api_data": app});
    if let Some(callback) = subscription.callback {
        entry["override_callback_uri"] = callback.url.into();
    }
    Ok(HttpResponse::Ok().json(json!({"data": [entry]})))
}

/// Subscribes the app; a URL of the account's own has to pass the handshake.
pub async fn subscribe(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    body: web::Bytes,
) -> Answer {
    let account = check(&simulator, &path.1, &request, "post")?;
    let order: Override = if body.is_empty() {
        Override::default()
    } else {
        serde_json::from_slice(&body)
            .map_err(|_malformed| GraphFailure::parameter("The request body is not valid JSON."))?
    };
    let callback = order.override_callback_uri.map(|url| Callback {
        url,
        verify_token: order.verify_token,
    });
    if let Some(callback) = &callback
        && !handshake::passes(&simulator.http, callback).await.success
    {
        let details = "The URL couldn't be validated. Callback verification failed.";
        return Err(GraphFailure::new(
            2_200,
            "Callback verification failed",
            details.to_owned(),
        ));
    }
    simulator.lock().world.subscribe(&account, callback);
    simulator.tell("lines", None);
    Ok(HttpResponse::Ok().json(json!({"success": true})))
}

/// Unsubscribes the app: no webhooks of the account come any more.
pub async fn unsubscribe(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Answer {
    let account = check(&simulator, &path.1, &request, "delete")?;
    simulator.lock().world.unsubscribe(&account);
    simulator.tell("lines", None);
    Ok(HttpResponse::Ok().json(json!({"success": true})))
}

/// The account, if the request's token opens it and may manage it.
fn check(
    simulator: &Simulator,
    waba_id: &str,
    request: &HttpRequest,
    method: &str,
) -> Result<String, GraphFailure> {
    let inner = simulator.lock();
    let access = Access::for_scope(request, &inner.world, MANAGEMENT)?;
    if access.opens(&inner.world, waba_id) {
        Ok(waba_id.to_owned())
    } else {
        Err(GraphFailure::unknown_object(waba_id, method))
    }
}
